# Files instead of tables for assignClusters(), as the command line has it.

# Writes what assignClusters() gives of each file, behind its `repertoire_id`,
# to `output` or, where that is NULL, to the standard output; a file after the
# other, so that memory is that of one. Returns the files that failed.
assign_files <- function(x, files, output = NULL, format = "auto",
                         on_error = "stop", ...) {
    check_clusters_object(x)
    check_choice(on_error, "on_error", c("stop", "skip"))
    check_choice(format, "format", format_choices())
    sheet <- cohort_sheet(files)
    failed <- character()
    write_rows(output, function(put) {
        for (i in seq_len(nrow(sheet))) tryCatch(
            put(assign_file(x, sheet[i, ], format, ...)),
            clustcr_error = function(e) {
                if (on_error == "stop") stop(e)
                warning("'", sheet$file[i], "' is left out: ",
                    conditionMessage(e), call. = FALSE)
                failed <<- c(failed, sheet$file[i])
            }
        )
    })
    invisible(failed)
}

assign_file <- function(x, row, format, ...) {
    if (!file.exists(row$file)) {
        raise_error("io", paste0("there is no file '", row$file, "'"))
    }
    table <- readRepertoire(row$file, format = format,
        locus = loci_of_chain(x@parameters$chain))
    # Reading has told of these.
    attr(table, "skipped") <- NULL
    found <- assignClusters(x, table, ...)
    counts <- table(factor(found$status, c("identical", "neighbour", "novel")))
    inform("stage", "Assigned '", row$file, "': ", paste(
        shown_number(as.vector(counts)), names(counts), collapse = ", "), ".")
    cbind(repertoire_id = rep_len(row$repertoire_id, nrow(found)), found)
}

# Calls write(put); put(table) appends. A file is written aside and renamed.
write_rows <- function(output, write) {
    first <- TRUE
    to <- function(path, separator, compressed) {
        function(table) {
            if (first) append_table(table[0L, ], path, FALSE, separator,
                compressed)
            append_table(table, path, TRUE, separator, compressed)
            first <<- FALSE
        }
    }
    if (is.null(output)) return(write(to("", "\t", FALSE)))
    output <- absolute_path(output, "output")
    format <- output_format(output, "auto", "output")
    if (!format %in% c("tsv", "csv")) {
        bad_argument("`output` must end in \".tsv\" or \".csv\" (or .gz ",
            "behind), not ", given(basename(output)))
    }
    check_place(output, "output")
    write_aside(output, function(aside) {
        file.create(aside)
        write(to(aside, if (format == "csv") "," else "\t",
            endsWith(small_letters(output), ".gz")))
    })
}
