/** The absolute, stable page of a document, which clients cite; opened at the passage where one is named. */
export function documentUrl(resourceUrl: string, id: string, passage?: number): string {
  return `${resourceUrl}/documents/${id}${passage === undefined ? '' : `?passage=${passage}#passage`}`
}
