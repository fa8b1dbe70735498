# The training pass of a cohort: centroids are trained on a sample of all files.
# Each receptor gets a random number, and those with the smallest are kept, so
# that the draw is of all files alike, however and by whom they are read.

# Most that are held of it.
largest_sample <- 2e6

no_draw <- list(rows = 0, longest = 0, key = numeric(), sample = character())

# Another draw beside what is there.
add_draw <- function(draw, other) {
    key <- c(draw$key, other$key)
    sample <- c(draw$sample, other$sample)
    if (length(key) > largest_sample) {
        keep <- key <= sort(key, partial = largest_sample)[largest_sample]
        key <- key[keep]
        sample <- sample[keep]
    }
    list(rows = draw$rows + other$rows,
        longest = max(draw$longest, other$longest), key = key, sample = sample)
}

draw_from <- function(junction_aa) {
    valid <- cpp_sequence_problems(junction_aa, longest_sequence, FALSE) == 0L
    junction_aa <- junction_aa[valid]
    list(rows = length(junction_aa),
        longest = max(0, nchar(junction_aa, "bytes")),
        key = stats::runif(length(junction_aa)), sample = junction_aa)
}

# The draw of a file; `seen` gets what is read.
draw_of_file <- function(file, reading, chunk, seed, threads,
                         seen = function(table) NULL) {
    draw <- no_draw
    with_own_seed(seed, read_in_parts(file, reading, chunk, function(table) {
        draw <<- add_draw(draw, draw_from(table$junction_aa))
        seen(table)
    }, unseen = TRUE, threads = threads))
    draw
}

# What is to be read into: list(clustering, failed, tables, todo, began), of
# tables those that were read already.
train_cohort <- function(plan, found) {
    trained <- if (is.null(found$clustering)) train_on_draw(plan, found$todo)
        else list(clustering = found$clustering, failed = no_failures)
    failed <- match(trained$failed$repertoire_id, plan$sheet$repertoire_id)
    c(trained, list(todo = setdiff(found$todo, failed),
        began = proc.time()[["elapsed"]]))
}

train_on_draw <- function(plan, todo) {
    # A seed for each file, whoever reads it.
    seeds <- with_own_seed(plan$arguments$seed,
        sample.int(.Machine$integer.max, nrow(plan$sheet)))
    drawn <- if (is.null(plan$engine)) draw_one_by_one(plan, todo, seeds)
        else draw_with_workers(plan, todo, seeds)
    draw <- drawn$value
    arguments <- plan$clustering
    wanted <- suppressMessages(recommendedTrainingSize(
        max(1, draw$rows), arguments$faiss_cluster_size
    ))
    sample <- draw$sample[order(draw$key)]
    if (is.null(arguments$max_sequence_size)) {
        arguments$max_sequence_size <- max(1, draw$longest)
    }
    clustering <- do.call(Clustering, c(arguments, list(
        directory = plan$directory, fitting_data_size = max(1, draw$rows),
        faiss_training_data = utils::head(sample, wanted)
    )))
    plan$progress$say("Trained ", count_words(ncol(clustering$centroids),
        "centroid", "centroids"), " on ", count_text(min(wanted,
            length(sample)), "sequence"), " of ",
        count_text(draw$rows, "row"), ".")
    list(clustering = clustering, failed = drawn$failed,
        tables = drawn$tables)
}

draw_one_by_one <- function(plan, todo, seeds) {
    limit <- check_bytes(plan$clustering$memory_limit, "memory_limit") / 4
    sizes <- file.size(plan$paths)
    sizes[is.na(sizes)] <- 0
    tables <- list()
    bytes <- 0
    drawn <- over_files(plan, todo, no_draw, function(draw, row, k) {
        plan$progress$step("Training", sum(sizes[seq_len(todo[k] - 1L)]) /
            sum(sizes), row$repertoire_id)
        parts <- 0
        keep <- function(table) {
            bytes <<- bytes + as.numeric(utils::object.size(table))
            parts <<- parts + 1
            # The second pass need not read what memory can hold.
            tables[[row$repertoire_id]] <<- if (parts == 1 &&
                bytes < limit) table
        }
        if (!file.exists(row$path)) no_such_file(row$file)
        add_draw(draw, draw_of_file(row$path, reading_of_row(plan, row),
            chunk_of(plan, row$path), seeds[todo[k]],
            check_threads(plan$clustering$n_cpus), keep))
    })
    c(drawn, list(tables = tables))
}

# What workers have drawn lies on disk, for all of it would be too much.
draw_with_workers <- function(plan, todo, seeds) {
    folder <- make_task_folder(file.path(plan$directory, "cohort"), "drawn")
    on.exit(remove_task_folder(folder))
    paths <- answers_of_files(plan, todo, "Training", function(row, k) {
        list(what = "draw", about = row$file, directory = plan$directory,
            file = row$path, reading = reading_of_row(plan, row),
            chunk = chunk_of(plan, row$path), seed = seeds[todo[k]],
            path = file.path(folder, todo[k]))
    })
    over_files(plan, todo, no_draw, function(draw, row, k) {
        if (inherits(paths[[k]], "error")) stop(paths[[k]])
        add_draw(draw, read_draw(paths[[k]]))
    })
}

# A worker's part.
draw_at_worker <- function(task) {
    draw <- draw_of_file(task$file, task$reading, task$chunk, task$seed,
        task_threads(task))
    write_data(draw, task$path, "draw")
    task$path
}

register("task", "draw", draw_at_worker)

read_draw <- function(path) {
    draw <- read_data(path, "draw")
    fine <- identical(sapply(draw, typeof), sapply(no_draw, typeof)) &&
        length(draw$rows) == 1L && length(draw$longest) == 1L &&
        length(draw$key) == length(draw$sample)
    if (!fine) damaged_file(path, "it holds no draw")
    draw
}
