#' Write the clusters of a cohort to a file
#'
#' Writes the table of clusters a part after the other, so that memory does not
#' grow with it. The file is written aside, as a hidden `.clustcr-<hex>.part` of
#' the same folder, and renamed: one that is there is replaced by a whole one or
#' stays as it is. What killed processes have left of such parts is removed.
#'
#' @param x A [RepertoireClusters].
#' @param file Path of the file; with `format = "airr"` of a folder, which is
#'     made if it is not there.
#' @param format `"auto"` (by the ending of `file`: `.tsv`, `.txt`, `.csv`,
#'     each with `.gz` or without, `.parquet`; a name without an ending is a
#'     folder for `"airr"`), or
#'     \describe{
#'     \item{`"tsv"`, `"csv"`}{text with a header, compressed where `file` ends
#'         in `.gz`. A field that has a separator, a quote or a line end stands
#'         in quotes, and quotes in it are doubled.}
#'     \item{`"parquet"`}{by the package arrow or else nanoparquet, row groups
#'         for each part}
#'     \item{`"airr"`}{a file `<repertoire_id>.tsv.gz` for each repertoire
#'         (`_` for what names of files can't have, and a number behind where
#'         two would have one name), with
#'         the rows of its input in their order, each once, and `cluster`
#'         added (empty for rows in none). Of AIRR tables all columns are
#'         written as they stand (one that is called `cluster` as
#'         `cluster_of_input`), of other formats those that
#'         [readRepertoire()] gives. Rows that end before the CDR3 are left
#'         out, and a message counts them. AIRR's tables have no quotes: a tab
#'         or a line end in a field is written as a space, and told. The input
#'         files are read again, and must not have changed.}
#'     }
#' @param columns Columns besides those that are always there; see
#'     [RepertoireClusters]. Not for `"airr"`.
#' @param safe Whether text that begins with `=`, `+`, `-` or `@`, which a
#'     spreadsheet would take for a formula, gets an apostrophe before it.
#'     Numbers and aligned sequences are none. Without, a message counts them.
#' @param ... Nothing.
#' @return `file`, invisibly.
#' @section Errors:
#' `clustcr_error_missing_package` for Parquet without arrow and nanoparquet,
#' `clustcr_error_changed` where an input file is not what it was,
#' `clustcr_error_io` where the file can't be written.
#' @seealso [clusterRepertoires()], [RepertoireClusters] for the columns.
#' @export
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' x <- clusterRepertoires(folder)
#' file <- tempfile(fileext = ".tsv.gz")
#' writeClusters(x, file)
#' readLines(file, 3)
#'
#' rows <- tempfile()
#' writeClusters(x, rows, format = "airr")
#' readLines(file.path(rows, "sample_1.tsv.gz"), 3)
writeClusters <- function(x, file,
                          format = c("auto", "tsv", "csv", "airr", "parquet"),
                          columns = c("duplicate_count", "n_samples"),
                          safe = FALSE, ...) {
    x <- as_clusters(x)
    refuse_arguments(list(...), "writeClusters()", own = named_arguments())
    file <- absolute_path(file, "file")
    format <- output_format(file, match_choice(format, "format",
        c("auto", "tsv", "csv", "airr", "parquet")))
    columns <- check_result_columns(columns)
    if (check_flag(safe, "safe") && format == "parquet") {
        bad_argument("`safe` is for text, not for `format = \"parquet\"`")
    }
    writer <- table_writer(format, safe)
    if (format == "airr") {
        write_airr(x, file, writer)
    } else {
        check_place(file, "file")
        write_output(file, function(aside) {
            if (format == "parquet") write_parquet(x, aside, columns)
            else write_text(x, aside, columns, is_packed(file), writer)
        })
    }
    tell_of_fields(writer, "`safe = TRUE` writes an apostrophe before it.")
    invisible(file)
}

is_packed <- function(file) endsWith(small_letters(file), ".gz")

# A file can be written there.
check_place <- function(file, name) {
    if (dir.exists(file) || !dir.exists(dirname(file))) {
        raise_error("io", paste0("`", name, "` must be a file in a folder ",
            "that is there, not '", file, "'"))
    }
}

output_format <- function(file, format, name = "file") {
    if (format != "auto") return(format)
    plain <- sub("[.]gz$", "", small_letters(basename(file)))
    ending <- regmatches(plain, regexpr("[.][^.]*$", plain))
    known <- c(.tsv = "tsv", .txt = "tsv", .csv = "csv",
        .parquet = "parquet")
    if (!length(ending)) return("airr")
    if (!ending %in% names(known)) {
        bad_argument("`", name, "` must end in ", paste0("\"", names(known),
            "\"", collapse = ", "), " (or .gz behind)",
            if (name == "file") ", or `format` must be given",
            ", not ", given(basename(file)))
    }
    known[[ending]]
}

write_text <- function(x, path, columns, compressed, writer) {
    write_tables(writer, path, compressed, function(put) {
        put(empty_unit(x, columns))
        walk_units(x, put, columns)
    })
}

check_parquet <- function() {
    if (!has_package("arrow") && !has_package("nanoparquet")) {
        raise_error("missing_package", paste0(
            "`format` \"parquet\" needs the package arrow or nanoparquet, and ",
            "neither is installed: ", install_call("nanoparquet")
        ))
    }
}

write_parquet <- function(x, path, columns) {
    check_parquet()
    if (has_package("arrow")) write_by_arrow(x, path, columns)
    else write_by_nanoparquet(x, path, columns)
}

# Row groups that are there stay as they are: no part is read again.
write_by_nanoparquet <- function(x, path, columns) {
    options <- nanoparquet::parquet_options(keep_row_groups = TRUE)
    first <- TRUE
    walk_units(x, function(table) {
        if (first) nanoparquet::write_parquet(table, path)
        else nanoparquet::append_parquet(table, path, options = options)
        first <<- FALSE
    }, columns)
    if (first) nanoparquet::write_parquet(empty_unit(x, columns), path)
}

write_by_arrow <- function(x, path, columns) {
    schema <- arrow::arrow_table(empty_unit(x, columns))$schema
    sink <- arrow::FileOutputStream$create(path)
    on.exit(sink$close())
    writer <- arrow::ParquetFileWriter$create(schema, sink)
    walk_units(x, function(table) {
        writer$WriteTable(arrow::arrow_table(table, schema = schema),
            chunk_size = nrow(table))
    }, columns)
    writer$Close()
}
