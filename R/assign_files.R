# Files instead of tables for assignClusters(), as the command line has it.

# Writes what assignClusters() gives of each file, behind its `repertoire_id`,
# to `output` or, where that is NULL, to the standard output; a file after the
# other, so that memory is that of one. Returns the files that failed.
assign_files <- function(x, files, output = NULL, format = "auto",
                         on_error = "stop", safe = FALSE, by = "receptor",
                         ...) {
    check_choice(by, "by", c("receptor", "cluster"))
    x <- clusters_of_rule(x)
    check_flag(safe, "safe")
    check_choice(on_error, "on_error", c("stop", "skip"))
    check_choice(format, "format", format_choices())
    sheet <- cohort_sheet(files, reading = list(format = format,
        locus = loci_of_chain(x@parameters$chain)), on_error = on_error)
    divided <- is_divided(sheet)
    first <- !duplicated(sheet$file)
    on.exit(forget_divided())
    failed <- character()
    write_rows(output, safe, function(put) {
        for (i in seq_len(nrow(sheet))) tryCatch(
            put(assign_file(x, sheet[i, ], format, divided[i], first[i], by,
                ...)),
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

# `divided`: whether the file is of other repertoires, too; `first`: whether
# this is the first of them, with which the file is told of.
assign_file <- function(x, row, format, divided, first, by, ...) {
    if (!file.exists(row$file)) no_such_file(row$file)
    reading <- reading_of_bound(list(format = format,
        locus = loci_of_chain(x@parameters$chain)), row$file)
    table <- NULL
    if (divided) {
        said <- read_one_of_several(row$file, row$repertoire_id, reading, NULL,
            function(part) table <<- part)
        if (first) inform("read", paste(c(paste0("Read ",
            shown_file(row$file), "."), said), collapse = " "))
    } else {
        table <- do.call(readRepertoire, c(list(row$file), reading))
    }
    # Reading has told of these.
    attr(table, "skipped") <- NULL
    found <- assignClusters(x, table, by = by, ...)
    counts <- table(factor(found$status, c("identical", "neighbor", "novel")))
    # By cluster those that have none are not there.
    inform("stage", "Assigned '", row$file, "': ", if (by == "receptor") paste(
        shown_number(as.vector(counts)), names(counts), collapse = ", ")
        else count_text(nrow(found), "row"), ".")
    cbind(repertoire_id = rep_len(row$repertoire_id, nrow(found)), found)
}

# Calls write(put); put(table) appends. A file is written aside and renamed.
write_rows <- function(output, safe, write) {
    format <- "tsv"
    if (!is.null(output)) {
        output <- absolute_path(output, "output")
        format <- output_format(output, "auto", "output")
        if (!format %in% c("tsv", "csv")) {
            bad_argument("`output` must end in \".tsv\" or \".csv\" (or .gz ",
                "behind), not ", given(basename(output)))
        }
        check_place(output, "output")
    }
    writer <- table_writer(format, safe)
    if (is.null(output)) write_tables(writer, "", FALSE, write)
    else write_output(output, function(aside) {
        write_tables(writer, aside, is_packed(output), write)
    })
    tell_of_fields(writer, "`--safe` writes an apostrophe before it.")
}
