"""Makes the files that Python's libraries write; run by make.sh. The text of a file is nowhere else in this folder."""
import datetime
import io
import mailbox
import pathlib
import sys
from email.message import EmailMessage
from email import policy

import msoffcrypto.format.ooxml
from docx import Document
from ebooklib import epub
from odf.draw import Frame, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText
from odf.style import MasterPage, PageLayout
from odf.table import Table, TableCell, TableRow
from odf.text import H, List, ListItem, Note, NoteBody, NoteCitation, P
from openpyxl import Workbook
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter
from reportlab.lib import pdfencrypt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
import xlsxwriter

OUT = pathlib.Path(sys.argv[1])
# More than a passage holds, so that each page is found by itself.
LOG = [f'Hour {hour}: wind light, sky clear, nothing to enter.' for hour in range(1, 25)]
WHEN = datetime.datetime(2026, 3, 4, 10, 30)


def path(name):
    file = OUT / name
    file.parent.mkdir(parents=True, exist_ok=True)
    return str(file)


def word():
    d = Document()
    d.part.package.rels.pop(next(i for i, r in d.part.package.rels.items() if r.reltype.endswith('/thumbnail')))
    d.core_properties.title = 'Harbour report'
    d.add_heading('Harbour report', 0)
    d.add_heading('Tides', 1)
    d.add_paragraph('The ferry leaves at high tide from the northern quay.')
    d.add_heading('Lamps', 2)
    for text in ('whale oil', 'paraffin'):
        d.add_paragraph(text, style='List Bullet')
    t = d.add_table(2, 2)
    for at, text in enumerate(('Berth', 'Depth', 'North', 'nine metres')):
        t.cell(at // 2, at % 2).text = text
    d.sections[0].header.paragraphs[0].text = 'Seal of the harbourmaster'
    d.save(path('word/python-docx.docx'))
    with open(path('word/pandoc.docx'), 'rb') as plain, open(path('word/password.docx'), 'wb') as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt('secret', out)


def powerpoint():
    p = Presentation()
    layouts = p.slide_layouts
    for layout in list(layouts):
        if layout.name not in ('Title and Content', 'Title Only'):
            layouts.remove(layout)
    s = p.slides.add_slide(layouts.get_by_name('Title and Content'))
    s.shapes.title.text = 'Lighthouse plan'
    s.placeholders[1].text = 'Replace the lamp before winter.'
    s.notes_slide.notes_text_frame.text = '\n'.join(('Mention the fog horn budget.', *LOG))
    s = p.slides.add_slide(layouts.get_by_name('Title Only'))
    s.shapes.title.text = 'Railing'
    t = s.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(5), Inches(1)).table
    for at, text in enumerate(('Side', 'Paint', 'seaward', 'verdigris')):
        t.cell(at // 2, at % 2).text = text
    p.core_properties.title = 'Plan of the lighthouse'
    p.save(path('powerpoint/python-pptx.pptx'))


def excel():
    w = Workbook()
    a = w.active
    a.title = 'Catch'
    a.append(['Boat', 'Fish', 'Day', 'Sold'])
    a.append(['Albatross', 'seventeen herring', datetime.date(2026, 3, 4), True])
    a.append(['Petrel', 'four halibut', WHEN, False])
    b = w.create_sheet('Crew')
    b.append(['Captain', 'Marlow'])
    w.properties.title = 'Catch of the spring'
    w.save(path('excel/openpyxl.xlsx'))
    plain = io.BytesIO()
    w.save(plain)
    with open(path('excel/password.xlsx'), 'wb') as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt('secret', out)
    w = xlsxwriter.Workbook(path('excel/xlsxwriter.xlsx'), {'default_date_format': 'dd/mm/yy hh:mm'})
    s = w.add_worksheet('Buoys')
    s.write_row(0, 0, ['Colour', 'Laid'])
    s.write(1, 0, 'cardinal yellow')
    s.write_datetime(1, 1, WHEN)
    s.write_formula(2, 0, '="bell " & "buoy"', None, 'bell buoy')
    s.write_rich_string(3, 0, 'half ', w.add_format({'bold': True}), 'sunken')
    s.write(4, 2, 'third column')
    w.add_worksheet('Empty')
    w.close()


def open_document():
    t = OpenDocumentText()
    t.text.addElement(H(outlinelevel=1, text='Moorings'))
    p = P(text='The rope store is under the chapel')
    n = Note(noteclass='footnote', id='n1')
    n.addElement(NoteCitation(text='1'))
    b = NoteBody()
    b.addElement(P(text='The key hangs behind the organ.'))
    n.addElement(b)
    p.addElement(n)
    t.text.addElement(p)
    l = List()
    i = ListItem()
    i.addElement(P(text='tarred twine'))
    l.addElement(i)
    t.text.addElement(l)
    t.save(path('opendocument/odfpy.odt'))
    t = OpenDocumentSpreadsheet()
    for name, rows in (('Ropes', [['Kind', 'Length'], ['hemp', 'forty fathoms']]), ('Chains', [['stud link', 'ninety shackles']])):
        tb = Table(name=name)
        for row in rows:
            r = TableRow()
            tb.addElement(r)
            for c in row:
                ce = TableCell()
                ce.addElement(P(text=c))
                r.addElement(ce)
        t.spreadsheet.addElement(tb)
    t.save(path('opendocument/odfpy.ods'))
    t = OpenDocumentPresentation()
    layout = PageLayout(name='L')
    t.automaticstyles.addElement(layout)
    master = MasterPage(name='M', pagelayoutname=layout)
    t.masterstyles.addElement(master)
    for text in ('Signals by flag', 'Signals by semaphore arm'):
        page = Page(masterpagename=master)
        frame = Frame(width='10cm', height='2cm', x='1cm', y='1cm')
        box = TextBox()
        box.addElement(P(text=text))
        frame.addElement(box)
        page.addElement(frame)
        t.presentation.addElement(page)
    t.save(path('opendocument/odfpy.odp'))


def pdf():
    c = canvas.Canvas(path('pdf/reportlab.pdf'))
    c.setTitle('Ship log')
    for text in ('The anchor was lost near the southern reef.', 'On the second page a whale was seen.', 'On the third the biscuit ran out.'):
        for line, entry in enumerate((text, *LOG)):
            c.drawString(72, 720 - 20 * line, entry)
        c.showPage()
    c.save()
    for name, font, text in (
        ('japanese', 'HeiseiMin-W3', '灯台守は毎晩ランプに油を注ぐ。'),
        ('chinese', 'STSong-Light', '渔船在黎明前离开港口。'),
        ('korean', 'HYSMyeongJo-Medium', '등대지기는 밤마다 바다를 본다.'),
    ):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
        c = canvas.Canvas(path(f'pdf/reportlab-{name}.pdf'))
        c.setFont(font, 12)
        c.drawString(72, 720, text)
        c.save()
    c = canvas.Canvas(path('pdf/password.pdf'), encrypt=pdfencrypt.StandardEncryption('user', 'owner'))
    c.drawString(72, 720, 'secret cargo')
    c.save()
    # Anybody may open it, and nobody is to print it.
    c = canvas.Canvas(path('pdf/owner-password.pdf'), encrypt=pdfencrypt.StandardEncryption('', 'owner', canPrint=0))
    c.drawString(72, 720, 'The customs list may be read but not printed.')
    c.save()
    picture = Image.new('1', (400, 100), 1)
    ImageDraw.Draw(picture).text((10, 10), 'the scanned manifest', fill=0)
    picture.save(path('pdf/scan.pdf'))
    whole = io.BytesIO()
    c = canvas.Canvas(whole)
    for text in ('A page that is taken out.', 'The extract tells of a seal that slept on the buoy.'):
        c.drawString(72, 720, text)
        c.showPage()
    c.save()
    w = PdfWriter()
    w.add_page(PdfReader(whole).pages[1])
    w.add_metadata({'/Title': 'Extract of the log'})
    w.add_attachment('list.txt', b'an attachment')
    w.write(path('pdf/pypdf.pdf'))


def books():
    b = epub.EpubBook()
    b.set_title('Sea tales')
    b.set_identifier('sea-tales')
    b.set_language('en')
    b.add_author('Nell Cordage')
    chapters = []
    for i, text in enumerate(('The storm took the mizzen mast.', 'At dawn the island appeared.')):
        c = epub.EpubHtml(title=f'Chapter {i + 1}', file_name=f'text/chapter {i + 1}.xhtml')
        c.content = f'<h1>Chapter {i + 1}</h1><p>{text}</p>'
        b.add_item(c)
        chapters.append(c)
    # The file's order is not the book's.
    b.spine = ['nav', *reversed(chapters)]
    b.toc = chapters
    b.add_item(epub.EpubNcx())
    b.add_item(epub.EpubNav())
    epub.write_epub(path('book/ebooklib.epub'), b)


def mail():
    def message(subject, sender='Anna Brandt <anna@example.com>'):
        m = EmailMessage(policy=policy.SMTP)
        m['From'] = sender
        m['To'] = 'Bo Lind <bo@example.com>'
        m['Subject'] = subject
        m['Date'] = 'Wed, 04 Mar 2026 10:30:00 +0100'
        return m

    def save(name, m):
        pathlib.Path(path(f'mail/{name}')).write_bytes(bytes(m))

    quoted = message('Übergabe der Schlüssel')
    quoted.set_content('Der Schlüssel liegt unter der Matte am Leuchtturm.', cte='quoted-printable')
    quoted.add_alternative('<p>Der Schlüssel liegt unter der <b>Matte</b>.</p>', subtype='html')
    quoted.add_attachment(b'x,y\n', maintype='text', subtype='csv', filename='Liste für März.csv')
    save('multipart.eml', quoted)
    base = message('=?iso-2022-jp?B?GyRCRXRCZhsoQg==?=')
    base.set_content('夜の霧笛は遠くまで聞こえる。', cte='base64')
    save('base64.eml', base)
    html = message('Re: keys', 'Bo Lind <bo@example.com>')
    html.set_content(
        '<html><head><style>.x{display:none}</style></head><body><p>Found it behind the <b>barometer</b>.</p>'
        '<p style="display:none">tracking pixel text</p></body></html>', subtype='html')
    save('html-only.eml', html)
    latin = message('Café')
    latin.set_content('Rendez-vous au café près de la jetée.', charset='iso-8859-1', cte='8bit')
    save('latin1.eml', latin)
    outer = message('Fwd: the pilot')
    outer.set_content('See below.')
    inner = message('The pilot', 'Pilot <pilot@example.com>')
    inner.set_content('The pilot boards two miles off the bar.')
    outer.add_attachment(inner)
    save('forwarded.eml', outer)
    box = mailbox.mbox(path('mail/mailbox.mbox'))
    for subject, text in (
        ('First watch', 'Eight bells, and the cook is asleep.'),
        ('Middle watch', 'A line of it:\n\nFrom the crow’s nest nothing but ice.\n'),
        ('Morning watch', 'The albatross followed us for nine days.'),
    ):
        m = message(subject)
        m.set_content(text)
        box.add(m)
    box.flush()
    box.close()


for make in (word, powerpoint, excel, open_document, pdf, books, mail):
    make()
