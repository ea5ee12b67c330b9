"""The programs of the notes: `links` keeps the links true, `notes` extends Markdown for the pages."""
