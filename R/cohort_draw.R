# The sample that a cohort's centroids are trained on.

# Most that are held of it.
largest_sample <- 2e6

new_draw <- function() {
    state <- new.env()
    state$sample <- character()
    state$key <- numeric()
    state$rows <- state$longest <- 0
    state
}

# A seed for each file, whoever reads it.
draw_seeds <- function(job) {
    with_own_seed(job$arguments$seed,
        sample.int(.Machine$integer.max, nrow(job$sheet)))
}

# The draw of a file; `seen` gets what is read.
draw_of_file <- function(file, reading, chunk, seed,
                         seen = function(table) NULL) {
    state <- new_draw()
    with_own_seed(seed, read_in_parts(file, reading, chunk, function(table) {
        draw_from(state, table$junction_aa)
        seen(table)
    }))
    state
}

draw_from <- function(state, junction_aa) {
    valid <- cpp_sequence_problems(junction_aa, longest_sequence, FALSE) == 0L
    junction_aa <- junction_aa[valid]
    add_draw(state, list(
        rows = length(junction_aa), longest = max(0, nchar(junction_aa,
            "bytes")),
        key = stats::runif(length(junction_aa)), sample = junction_aa
    ))
}

# Another draw beside what is there.
add_draw <- function(state, other) {
    state$rows <- state$rows + other$rows
    state$longest <- max(state$longest, other$longest)
    key <- c(state$key, other$key)
    sample <- c(state$sample, other$sample)
    if (length(key) > largest_sample) {
        keep <- key <= sort(key, partial = largest_sample)[largest_sample]
        key <- key[keep]
        sample <- sample[keep]
    }
    state$key <- key
    state$sample <- sample
}

# What workers have drawn lies on disk, for all of it would be too much.
draw_with_workers <- function(job, state) {
    seeds <- draw_seeds(job)
    folder <- make_task_folder(file.path(job$directory, "cohort"), "drawn")
    on.exit(remove_task_folder(folder))
    there <- job$todo[file.exists(job$paths[job$todo])]
    paths <- answers_of_files(job, lapply(there, function(i) {
        file <- job$paths[i]
        about <- job$sheet$file[i]
        list(what = "draw", about = about, directory = job$directory,
            file = file, reading = reading_of_row(job, job$sheet[i, ]),
            chunk = chunk_of(job, file),
            seed = seeds[i], path = file.path(folder, i))
    }), "Training")
    for (i in job$todo) {
        with_file(job, i, function(row) {
            at <- match(i, there)
            if (is.na(at)) no_such_file(row$file)
            if (inherits(paths[[at]], "error")) stop(paths[[at]])
            add_draw(state, read_draw(paths[[at]]))
        })
    }
}

# A worker's part.
draw_at_worker <- function(task) {
    draw <- draw_of_file(task$file, task$reading, task$chunk, task$seed)
    write_data(as.list(draw)[c("rows", "longest", "key", "sample")],
        task$path, "draw")
    task$path
}

register("task", "draw", draw_at_worker)

read_draw <- function(path) {
    draw <- read_data(path, "draw")
    fine <- setequal(names(draw), c("rows", "longest", "key", "sample")) &&
        is.numeric(draw$rows) && length(draw$rows) == 1L &&
        is.numeric(draw$longest) && length(draw$longest) == 1L &&
        is.double(draw$key) && is.character(draw$sample) &&
        length(draw$key) == length(draw$sample)
    if (!fine) damaged_file(path, "it holds no draw")
    draw
}
