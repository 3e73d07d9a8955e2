create unique index entries_text on entries (text);
