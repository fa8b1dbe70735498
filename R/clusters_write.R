# Write the clusters of a cohort to a file: man/writeClusters.Rd.
writeClusters <- function(x, file,
                          format = c("auto", "tsv", "csv", "airr", "parquet"),
                          columns = c("duplicate_count", "n_samples"),
                          safe = FALSE, cluster_column = "cluster",
                          n_cpus = 1, ...) {
    x <- as_clusters(x)
    threads <- check_threads(n_cpus)
    old_arguments()
    in_parts <- is_folder_of_parts(file)
    file <- absolute_path(file, "file")
    format <- output_format(file, check_choice(format, "format",
        c("auto", "tsv", "csv", "airr", "parquet")))
    if (format == "airr" && !missing(columns)) {
        inform("columns", "`columns` are not written with `format = ",
            "\"airr\"`, whose tables have the columns of the files, and the ",
            "clusters.")
    }
    columns <- check_result_columns(columns)
    if (check_flag(safe, "safe") && format == "parquet") {
        bad_argument("`safe` is for text, not for `format = \"parquet\"`")
    }
    cluster_column <- check_cluster_column(cluster_column)
    writer <- table_writer(format, safe)
    if (format == "airr") {
        write_airr(x, file, writer, cluster_column)
    } else if (format == "parquet" && in_parts) {
        write_output_folder(file, names_of_parts, function(aside) {
            write_parquet_parts(x, aside, columns, cluster_column)
        })
    } else {
        check_place(file, "file")
        write_output(file, function(aside) {
            if (format == "parquet") {
                write_parquet(x, aside, columns, cluster_column)
            } else {
                write_text(x, aside, columns, cluster_column, is_packed(file),
                    writer, threads)
            }
        })
    }
    tell_of_fields(writer, "`safe = TRUE` writes an apostrophe before it.")
    invisible(file)
}

# What the column of clusters is called.
check_cluster_column <- function(name) {
    name <- check_names(check_string(name, "cluster_column"), "cluster_column")
    if (name %in% c(our_columns, paired_columns, result_columns)) {
        bad_argument("`cluster_column` must be a name that no other column ",
            "has, not ", given(name))
    }
    name
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
write_text <- function(x, path, columns, name, compressed, writer, threads) {
    kept <- is_kept(x) && is.null(chosen_clusters(x)) &&
        !is_paired(x@parameters$chain)
    write_parts(writer, path, compressed, function(put, put_text) {
        put(call_clusters(empty_unit(x, columns), name))
        if (!kept) return(walk_units(x, put, columns))
        run <- open_kept(x)
        first <- cumsum(c(1, x@units$clusters))
        units <- which(x@units$rows > 0)
        at_once <- 4L * threads
        while (length(units)) {
            some <- utils::head(units, at_once)
            n <- put_text(function(file) {
                cpp_run_append_units(run, some, first[some], columns,
                    writer$separator, file, threads)
            })
            if (n == 0L) {
                n <- 1L
                # Where R has one to write, text of more would be thrown away.
                at_once <- 1L
                put(kept_unit(x, run, some[1L], first[some[1L]], columns))
            }
            units <- units[-seq_len(n)]
        }
    })
}
