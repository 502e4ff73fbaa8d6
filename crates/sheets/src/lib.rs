//! Spreadsheets in and out: XLSX and CSV, row by row, with every limit named. Knows no person and no database.
