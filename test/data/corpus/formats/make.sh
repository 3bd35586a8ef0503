#!/bin/sh
# Makes all files of this folder again with other programs than ours, into the folder that is named:
#   sh make.sh ../formats-again
# Needs pandoc, soffice (Writer, Calc, Impress), pdflatex, chromium, iconv, and a Python with what make.py imports.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out/markup" "$out/word" "$out/powerpoint" "$out/excel" "$out/opendocument" "$out/pdf" "$out/book" "$out/rtf" "$out/notebook" "$out/encoding"

# A text with the sentence $1 in a paragraph, and a heading, a list, a table and a footnote about it.
text() {
  cat <<END
---
title: "$1"
author: Nell Cordage
---

# $2

$3[^note]

## Stores

- barrel of $4
- coil of rope

| Item | Count |
|------|-------|
| $4 | twelve |

[^note]: Entered by the purser in $5.
END
}

slides() {
  cat <<END
% $1

# $2

$3

::: notes
$4
:::

# Second watch

Nothing to report.
END
}

doc() { # doc <pandoc's format> <file> <title> <heading> <sentence> <item> <note>
  text "$3" "$4" "$5" "$6" "$7" | pandoc -s -f markdown -t "$1" -o "$out/$2"
}
doc markdown markup/pandoc.md 'Pilotage' 'Approach' 'Keep the white daymark open of the green beacon.' 'pilot biscuit' 'verdant ink'
doc html5 markup/pandoc.html 'Soundings' 'Lead line' 'The lead brought up grey sand and broken shells.' 'tallow' 'amber ink'
doc rst markup/pandoc.rst 'Anchorage' 'Holding ground' 'Good holding in stiff blue clay.' 'chain grease' 'ochre ink'
doc org markup/pandoc.org 'Currents' 'Race' 'The race runs hardest two hours after high water.' 'sailcloth' 'umber ink'
doc asciidoc markup/pandoc.adoc 'Winds' 'Trades' 'The trade wind holds steady until the equinox.' 'lampblack' 'sienna ink'
doc latex markup/pandoc.tex 'Weather' 'Barometer' 'A falling glass foretells the southerly gale.' 'mercury' 'crimson ink'
doc plain markup/pandoc.txt 'Rations' 'Galley' 'Salt pork and dried peas on alternate days.' 'peas' 'violet ink'
doc docx word/pandoc.docx 'Rigging' 'Shrouds' 'The lower shrouds were set up with new lanyards.' 'marline' 'scarlet ink'
doc odt opendocument/pandoc.odt 'Ballast' 'Shingle' 'Forty tons of shingle ballast lie in the hold.' 'sandbags' 'indigo ink'
doc rtf rtf/pandoc.rtf 'Caulking' 'Seams' 'Oakum is driven into the seams — “well” and then payed with pitch.' 'oakum' 'magenta ink'
doc epub2 book/pandoc-2.epub 'Voyage' 'Departure' 'We weighed anchor before the church bells.' 'candles' 'cobalt ink'
doc epub3 book/pandoc-3.epub 'Return' 'Landfall' 'Landfall was made under a sickle moon.' 'matches' 'russet ink'
slides 'Muster' 'Crew' 'Every hand is to muster by the capstan.' 'Read out the absentee list.' |
  pandoc -s -f markdown -t pptx -o "$work/pandoc.pptx"
cp "$work/pandoc.pptx" "$out/powerpoint/pandoc.pptx"
printf '# Tide tables\n\nHarmonic constants of the estuary.\n\n``` code\namplitude = 4.2\n```\n' |
  pandoc -s -f markdown -t ipynb -o "$out/notebook/pandoc.ipynb"

# LibreOffice writes what pandoc wrote.
office() { # office <from> <ending, with a filter or without> <file>
  soffice --headless -env:UserInstallation="file://$work/profile" --convert-to "$2" --outdir "$work/office" "$1" > /dev/null 2>&1
  mv "$work/office/$(basename "${1%.*}").${2%%:*}" "$out/$3"
}
source() { text "$1" "$2" "$3" "$4" "$5" | pandoc -s -f markdown -t odt -o "$work/source.odt"; }
source 'Dockyard' 'Slipway' 'The slipway was greased with soft soap.' 'soft soap' 'black ink'
office "$work/source.odt" docx word/libreoffice.docx
source 'Foundry' 'Bells' 'The bell was cast from captured cannon.' 'bronze' 'copper ink'
office "$work/source.odt" odt opendocument/libreoffice.odt
source 'Chandlery' 'Ledger' 'The chandler owes for nineteen fenders.' 'fenders' 'silver ink'
office "$work/source.odt" rtf rtf/libreoffice.rtf
source 'Ropewalk' 'Strands' 'Three strands are laid up right-handed.' 'yarn' 'golden ink'
office "$work/source.odt" pdf pdf/libreoffice.pdf
source 'Sail loft' 'Canvas' 'Number one canvas for the storm trysail.' 'beeswax' 'pearl ink'
office "$work/source.odt" html markup/libreoffice.html
slides 'Signals' 'Flags' 'Hoist the yellow flag for quarantine.' 'Ask the surgeon first.' |
  pandoc -s -f markdown -t pptx -o "$work/slides.pptx"
office "$work/slides.pptx" odp opendocument/libreoffice.odp
slides 'Drill' 'Boats' 'Lower the gig on the leeward side.' 'Time it with the sandglass.' |
  pandoc -s -f markdown -t pptx -o "$work/slides.pptx"
office "$work/slides.pptx" pptx powerpoint/libreoffice.pptx
printf 'Port,Cargo,Arrived\nTrieste,coffee sacks,2026-03-04\nSmyrna,dried figs,2026-03-09\n' > "$work/cargo.csv"
office "$work/cargo.csv" xlsx excel/libreoffice.xlsx
printf 'Port,Cargo,Left\nGdynia,pit props,2026-03-04\nRiga,flax bales,2026-03-09\n' > "$work/cargo.csv"
office "$work/cargo.csv" ods opendocument/libreoffice.ods
# What is not read.
text 'Old' 'Old' 'An old file.' 'x' 'y' | pandoc -s -f markdown -t odt -o "$work/old.odt"
office "$work/old.odt" doc word/libreoffice.doc
office "$work/cargo.csv" xls excel/libreoffice.xls

# pdfTeX: three pages, a ligature, a word that is parted at a line's end, an umlaut made of two glyphs.
cat > "$work/pdftex.tex" <<'END'
\documentclass{article}
\usepackage[pdftitle={Sextant}]{hyperref}
\begin{document}
\section{Altitude}
The officer fixed the altitude of Fomalhaut off the cliff.

FILL
\newpage
\parbox{3cm}{The unmistakable circumnavigation of Madagascar took interminably long.}

FILL
\newpage
The dip of the horizon is read from B\"unting's table.
\end{document}
END
fill=$(for hour in 1 2 3 4 5 6 7 8 9 10 11 12; do printf 'Sight %s: the horizon was hazy and the sight was not used.\\\\ ' $hour; done)
sed -i "s|FILL|$(printf '%s' "$fill" | sed 's/\\/\\\\/g')|" "$work/pdftex.tex"
(cd "$work" && pdflatex -interaction=batchmode pdftex.tex > /dev/null && pdflatex -interaction=batchmode pdftex.tex > /dev/null)
cp "$work/pdftex.pdf" "$out/pdf/pdftex.pdf"

# Chromium prints a page; Arabic and Japanese with it.
cat > "$work/page.html" <<'END'
<!doctype html><meta charset="utf-8"><title>Foghorn</title>
<h1>Foghorn</h1><p>The foghorn sounds a blast every ninety seconds.</p>
<p style="break-before:page">Его слышно за семь миль от берега.</p>
END
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$out/pdf/chromium.pdf" "file://$work/page.html" > /dev/null 2>&1

# The same few lines of each language in its encodings.
written() { # written <encoding> <file> <text>
  printf '%s\n' "$3" | iconv -f UTF-8 -t "$1" > "$out/encoding/$2"
}
written UTF-16LE utf-16le.txt 'The keeper of Ushant trims the wick at dusk and again at midnight.'
written UTF-16BE utf-16be.txt 'The keeper of Fastnet polishes the lens with vinegar and chalk.'
printf '\377\376' > "$out/encoding/utf-16le-bom.txt"
printf '%s\n' 'Der Wärter auf Helgoland zählt die Möwen.' | iconv -f UTF-8 -t UTF-16LE >> "$out/encoding/utf-16le-bom.txt"
printf '\376\377' > "$out/encoding/utf-16be-bom.txt"
printf '%s\n' 'Der Wärter auf Fehmarn füttert die Brieftauben.' | iconv -f UTF-8 -t UTF-16BE >> "$out/encoding/utf-16be-bom.txt"
printf '\357\273\277%s\n' 'Der Wärter auf Rügen hört das Nebelhorn.' > "$out/encoding/utf-8-bom.txt"
written UTF-8 utf-8.txt 'Le gardien d’Ouessant écoute la houle.'
written ISO-8859-1 latin-1.txt 'Le gardien de la tour connaît déjà chaque écueil de la côte.'
written WINDOWS-1252 windows-1252.txt 'Le phare – “œil de la côte” – coûte 300 € par année.'
written GB18030 gb18030.txt '灯塔的看守人每天晚上都要给灯加油，他在这里已经工作了三十年，从来没有离开过这个小岛。'
written BIG5 big5.txt '燈塔的看守人每天晚上都要給燈加油，他在這裡已經工作了三十年，從來沒有離開過這個小島。'
written SHIFT_JIS shift_jis.txt '灯台守は毎晩ランプに油を注ぎます。彼はこの島で三十年も働いていて、一度も島を離れたことがありません。'
written EUC-JP euc-jp.txt '岬の灯台は霧の夜にも遠くから見えます。漁師たちはその光を頼りに港へ帰ってきます。'
written ISO-2022-JP iso-2022-jp.txt '波止場の時計は五分遅れています。船長はいつもそれを忘れてしまいます。'
written EUC-KR euc-kr.txt '등대지기는 매일 밤 등불에 기름을 붓는다. 그는 이 섬에서 삼십 년 동안 일했고 한 번도 섬을 떠난 적이 없다.'
written WINDOWS-1250 windows-1250.txt 'Latarnik co wieczór zapala światło i patrzy na łodzie wracające z połowu.'
written WINDOWS-1253 windows-1253.txt 'Ο φύλακας του φάρου ανάβει κάθε βράδυ το φως και κοιτάζει τη θάλασσα.'
written WINDOWS-1254 windows-1254.txt 'Fener bekçisi her akşam ışığı yakar ve denize açılan kayıkları sayar.'
written WINDOWS-1251 windows-1251.txt 'Смотритель маяка каждый вечер наливает масло в лампу и смотрит на море.'
written KOI8-R koi8-r.txt 'Рыбаки возвращаются в гавань на рассвете, когда маяк уже погашен.'

python=${PYTHON:-python3}
"$python" "$here/make.py" "$out"
