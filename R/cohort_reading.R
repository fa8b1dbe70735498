# A file of a cohort: how it is read, what becomes of it, and of its failure.

# A row of the sheet, with the path that it is read from.
row_of <- function(plan, i) {
    row <- plan$sheet[i, ]
    row$path <- plan$paths[i]
    row
}

chunk_of <- function(plan, file) {
    cohort_chunk(file, plan$chunk_size, plan$arguments$chain,
        plan$clustering$memory_limit)
}

# list(value, failed) after `value <- step(value, row, k)` for the files `todo`,
# one after the other. The failure of one stops all, or leaves the value as it
# was and is a row of `failed`.
over_files <- function(plan, todo, value, step) {
    failed <- no_failures
    for (k in seq_along(todo)) {
        row <- row_of(plan, todo[k])
        tryCatch(value <- step(value, row, k), error = function(e) {
            failed <<- rbind(failed, failure_of(plan, row, e))
        })
    }
    list(value = value, failed = failed)
}

failure_of <- function(plan, row, e) {
    # Of a pipe's copy nobody knows.
    e$message <- gsub(row$path, row$file, conditionMessage(e), fixed = TRUE)
    if (plan$on_error == "stop") {
        broken <- inherits(e, c("clustcr_error_format", "clustcr_error_io"))
        e$message <- paste0("repertoire \"", row$repertoire_id, "\": ",
            conditionMessage(e),
            if (broken && nrow(plan$sheet) > 1L) paste0(". ",
                "`clusterRepertoires(..., on_error = \"skip\")` goes on ",
                "without files that can't be read"))
        stop(e)
    }
    files <- unreadable[[row$file]]$files
    data.frame(repertoire_id = row$repertoire_id,
        file = if (is.null(files)) row$file else paste(files, collapse = ", "),
        error = conditionMessage(e))
}

# What workers answer to `task_of(row, k)` of the files `todo`, errors in the
# places of files that could not be read: what is done with those, `on_error`
# says.
answers_of_files <- function(plan, todo, label, task_of) {
    answers <- lapply(seq_along(todo), function(k) {
        row <- row_of(plan, todo[k])
        tryCatch({
            if (!file.exists(row$path)) no_such_file(row$file)
            task_of(row, k)
        }, error = identity)
    })
    there <- !vapply(answers, inherits, NA, "error")
    if (!any(there)) return(answers)
    answers[there] <- tryCatch(
        engine_map(plan$engine, answers[there], label),
        bplist_error = function(e) {
            if (inherits(e, "clustcr_error_worker")) stop(e)
            attr(e, "result")
        }
    )
    answers
}

# Puts files into the store, each by `add(row, k)`, which gives what is known of
# it, as stage_file() does. What comes of them all is list(clustering, inside,
# said, failed, ids, began): what their readers say, and which repertoires were
# read.
add_files <- function(plan, found, trained, add) {
    none <- list(record = begin_record(found$inside), said = list())
    read <- over_files(plan, trained$todo, none, function(value, row, k) {
        file <- add(row, k)
        if (!is.null(file$said)) value$said[[row$file]] <- file$said
        value$record <- remember_file(plan$directory, value$record, list(
            repertoire_id = row$repertoire_id, file = kept_files(row$file),
            size = file$size, check = file$check,
            rows = format(file$rows, scientific = FALSE),
            without_v_call = format(file$without_v_call, scientific = FALSE),
            store = trained$clustering$state$store_id
        ))
        unlink(file$note)
        value
    })
    failed <- rbind(trained$failed, read$failed)
    ids <- setdiff(plan$sheet$repertoire_id[trained$todo],
        failed$repertoire_id)
    c(list(inside = files_of_record(read$value$record)),
        read$value["said"], trained[c("clustering", "began")],
        list(failed = failed, ids = ids))
}

# Puts a file into the store, or the `table` that was read of it already. What a
# killed session has left of it is replaced.
add_file <- function(plan, clustering, row, table, replace) {
    if (!file.exists(row$path)) no_such_file(row$file)
    check <- file_check(row$path)
    # A store would be made anew where somebody has removed all.
    check_folder <- function() check_cohort_folder(plan$directory)
    id <- row$repertoire_id
    added <- suppressMessages(
        if (is.null(table)) {
            add_file_wholly(clustering, row$path, id, reading_of_row(plan, row),
                chunk_of(plan, row$path), replace, check = check_folder)
        } else {
            add_table(clustering, table, id, replace, check = check_folder)
        },
        classes = "clustcr_message_skipped"
    )
    c(check, added)
}
