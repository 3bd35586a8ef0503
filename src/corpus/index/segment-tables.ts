/** A chunk's row is its segment's id times this plus its place. */
export const CHUNKS = 1 << 20

/**
 * The index of words: segments, which never change, their postings in chunks, and which of their passages are deleted.
 * Chunks of a segment that is not there are of a merge that has not ended.
 */
export const SEGMENT_TABLES = `
create table segment (
  id integer primary key autoincrement,
  documents blob not null,
  lengths blob not null,
  dictionary blob not null
) strict;
create table segment_chunk (
  number integer primary key,
  postings blob not null
) strict;
create table segment_deleted (
  segment integer primary key,
  version integer not null,
  passages blob not null
) strict;
`
