# Folders of Parquet files that are one table together, as arrow, DuckDB, Spark
# and polars write them: parts beside each other, or in folders that are called
# by a column's value (repertoire_id=A/part-0.parquet).

part_names <- "^(part|data|chunk)?[-_.]?[0-9]+([-_.].*)?[.]parquet$"

# list(tables, sheets) of a folder that is such a table; NULL of another.
dataset_in_folder <- function(folder, inside, reading, on_error) {
    parquet <- endsWith(small_letters(inside), ".parquet")
    below <- list.dirs(folder, recursive = FALSE)
    if (!any(parquet) && !any(is_partition(below))) return(NULL)
    sheets <- inside[!parquet]
    beside <- vapply(sheets, function(file) {
        length(id_columns(sheet_header(file))) > 0L
    }, NA)
    if (!all(beside)) return(NULL)
    if (any(is_partition(below))) {
        files <- list.files(folder, "[.]parquet$", recursive = TRUE,
            full.names = TRUE, ignore.case = TRUE)
        if (!length(files)) return(NULL)
        ids <- hive_repertoire(files)
        if (!anyNA(ids)) {
            inform("sheet", shown_file(folder), " is a table of ",
                count_text(length(files), "Parquet file"), ", divided into ",
                count_text(length(unique(ids)), "repertoire"), " by folders.")
            return(list(tables = files, sheets = sheets))
        }
    } else {
        files <- inside[parquet]
        if (!length(files) || !all(grepl(part_names, basename(files),
            ignore.case = TRUE)) || !are_parts(files, reading)) return(NULL)
    }
    list(tables = bind_dataset(folder, files, reading, on_error),
        sheets = sheets)
}

# Files that are numbered are repertoires each, unless a column names these;
# parts by their names are none without one.
are_parts <- function(files, reading) {
    if (any(grepl("^[a-z]", basename(files), ignore.case = TRUE))) return(TRUE)
    length(repertoires_in(files[1L], reading)) > 0L
}

# All parts as one file of this session, called as the folder is, or as the one
# repertoire that is in it.
bind_dataset <- function(folder, files, reading, on_error) {
    label <- shown_file(folder)
    folder <- absolute_path(folder, "files")
    place <- tempfile("dataset-")
    dir.create(place)
    path <- file.path(place, paste0(basename(folder), ".csv"))
    file_labels[[path]] <- label
    remember_parts(path, folder)
    bind_or_skip(files, path, asked_reading(reading), on_error, paste(label,
        "is one table"))
    inside <- repertoires_in(path, reading)
    if (length(inside) == 1L && nzchar(inside) &&
        file_names_of(inside) == inside) {
        own <- file.path(place, paste0(inside, ".csv"))
        file.rename(path, own)
        file_labels[[own]] <- label
        remember_parts(own, folder)
        return(own)
    }
    if (length(files) > 1L && file.exists(path) && !length(inside)) {
        raise_error("samples", paste0(label, " is one table in ",
            count_text(length(files), "file"), ", and no column says which ",
            "rows are of which repertoire. columns = c(repertoire_id = ",
            "\"...\") names one. If each file is a repertoire, name the ",
            "files: list.files(", encodeString(folder, quote = "\""),
            ", full.names = TRUE)"))
    }
    path
}
