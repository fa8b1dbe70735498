# Write the clusters of a cohort to a file: man/writeClusters.Rd.
writeClusters <- function(x, file,
                          format = c("auto", "tsv", "csv", "airr", "parquet"),
                          columns = c("duplicate_count", "n_samples"),
                          safe = FALSE, ...) {
    x <- as_clusters(x)
    old_arguments()
    file <- absolute_path(file, "file")
    format <- output_format(file, check_choice(format, "format",
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

# Of clusters that are kept the core makes the text, but where a value is one
# that a spreadsheet would take for something else: it is looked at as a table.
write_text <- function(x, path, columns, compressed, writer) {
    kept <- is_kept(x) && is.null(chosen_clusters(x)) &&
        !is_paired(x@parameters$chain)
    write_parts(writer, path, compressed, function(put, put_text) {
        put(empty_unit(x, columns))
        if (!kept) return(walk_units(x, put, columns))
        walk_kept(x, function(run, unit, first) {
            known <- put_text(function(file) {
                cpp_run_append_unit(run, unit, first, columns,
                    writer$separator, file, 1L)
            })
            if (!known) put(kept_unit(x, run, unit, first, columns))
        })
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
