# A file of a cohort: how it is read, what becomes of it, and of its failure.

# Calls FUN with each part of a file. What the readers say of columns is summed
# up later.
read_parts <- function(job, row, FUN) {
    job$columns[[row$file]] <- read_in_parts(row$path,
        reading_of_row(job, row), chunk_of(job, row$path), FUN)
}

chunk_of <- function(job, file) {
    cohort_chunk(file, job$chunk_size, job$arguments$chain,
        job$clustering_arguments$memory_limit)
}

# Does `FUN(row)` for a file; its failure stops all, or is remembered.
with_file <- function(job, i, FUN) {
    row <- job$sheet[i, ]
    row$path <- job$paths[i]
    problem <- function(e) {
        # Of a pipe's copy nobody knows.
        e$message <- gsub(row$path, row$file, conditionMessage(e), fixed = TRUE)
        if (job$on_error == "stop") {
            broken <- inherits(e, c("clustcr_error_format", "clustcr_error_io"))
            e$message <- paste0("repertoire \"", row$repertoire_id, "\": ",
                conditionMessage(e),
                if (broken && nrow(job$sheet) > 1L) paste0(". ",
                    "`clusterRepertoires(..., on_error = \"skip\")` goes on ",
                    "without files that can't be read"))
            stop(e)
        }
        job$failed <- rbind(job$failed, data.frame(
            repertoire_id = row$repertoire_id, file = row$file,
            error = conditionMessage(e)
        ))
        FALSE
    }
    tryCatch({
        FUN(row)
        TRUE
    }, error = problem)
}

# Puts a file into the store. What a killed session has left of it is replaced.
add_file <- function(job, row) {
    if (!file.exists(row$path)) no_such_file(row$file)
    check <- file_check(row$path)
    rows <- without_v_call <- 0
    add_batch <- batch_adder(job$clustering, row$repertoire_id,
        replace = row$repertoire_id %in% job$names)
    add <- function(table) {
        # A store would be made anew where somebody has removed all.
        check_cohort_folder(job$directory)
        suppressMessages(add_batch(table), classes = "clustcr_message_skipped")
        rows <<- rows + nrow(table)
        without_v_call <<- without_v_call + count_without_v_call(table)
    }
    kept <- job$tables[[row$repertoire_id]]
    if (is.null(kept)) read_parts(job, row, add) else add(kept)
    file_is_in(job, row, check, rows, without_v_call)
}

file_is_in <- function(job, row, check, rows, without_v_call) {
    job$names <- union(job$names, row$repertoire_id)
    job$inside <- remember_file(job$directory, job$inside, c(
        list(repertoire_id = row$repertoire_id, file = row$file), check,
        list(rows = format(rows, scientific = FALSE),
            without_v_call = format(without_v_call, scientific = FALSE),
            store = job$clustering$state$store_id)
    ))
}
