# The steps of clusterRepertoires(): a training pass where the method needs
# one, reading into the store, clustering.

# What became of the columns of all files, each kind of file once; and which
# have no V gene where these count.
columns_said <- function(job, read) {
    notes <- unlist(job$columns)
    # How many rows another column gave is a file's own matter.
    notes <- gsub(" in [0-9,]+ rows?", "", notes)
    kinds <- unique(notes)
    of_kind <- function(kind) {
        files <- names(notes)[notes == kind]
        if (length(kinds) == 1L) return(kind)
        paste0(shown_file(basename(files[1L])), if (length(files) > 1L) {
            paste0(" and ", count_text(length(files) - 1L, "other"))
        }, ": ", sub("^Columns: ", "columns ", kind))
    }
    inside <- job$inside[job$inside$repertoire_id %in% read, ]
    none <- inside$repertoire_id[inside$rows != "0" &
        inside$rows == inside$without_v_call]
    c(
        vapply(utils::head(kinds, 5L), of_kind, "", USE.NAMES = FALSE),
        if (length(none) && job$arguments$v_gene != "none") {
            paste0("No V gene was found in ", name_some(none), ": with ",
                "`v_gene` = \"", job$arguments$v_gene, "\" ",
                if (length(none) == 1L) "its" else "their",
                " receptors are a group of their own.")
        }
    )
}

read_cohort <- function(job) {
    inside <- nrow(job$sheet) - length(job$todo)
    if (inside > 0) {
        job$progress$say(if (any(is_divided(job$sheet))) {
            count_words(inside, "repertoire is", "repertoires are")
        } else {
            count_words(inside, "file is", "files are")
        }, " in the directory already.")
    }
    if (is.null(job$clustering)) train_cohort(job)
    todo <- setdiff(job$todo, match(job$failed$repertoire_id,
        job$sheet$repertoire_id))
    began <- proc.time()[["elapsed"]]
    if (is.null(job$engine)) read_one_by_one(job, todo)
    else read_with_workers(job, todo)
    read <- setdiff(job$sheet$repertoire_id[todo], job$failed$repertoire_id)
    if (length(read)) {
        audit <- audit_by_sample(
            cpp_store_batches(open_store(job$directory))
        )
        audit <- audit[audit$name %in% read, ]
        dropped <- dropped_reasons(audit)
        for (line in describe_loss(audit, job$arguments$chain)) {
            inform("left_out", line)
        }
        job$progress$say("Read ", count_files(job$sheet[
            job$sheet$repertoire_id %in% read, ]),
            " of ", count_text(sum(audit$given), "row"), " in ",
            duration_text(proc.time()[["elapsed"]] - began), "; dropped ",
            if (length(dropped)) describe_problems(dropped) else "none", ".",
            paste0(" ", columns_said(job, read), recycle0 = TRUE,
                collapse = ""))
    }
}

read_one_by_one <- function(job, todo) {
    sizes <- file.size(job$paths[todo])
    for (k in seq_along(todo)) {
        name <- job$sheet$repertoire_id[todo[k]]
        job$progress$step("Reading", sum(sizes[seq_len(k - 1L)]) / sum(sizes),
            name)
        with_file(job, todo[k], function(row) add_file(job, row))
        job$tables[[name]] <- NULL
    }
}

# Counts, and draws the training sample by a reservoir: each receptor gets a
# random number, and those with the smallest are kept, so that the draw is of
# all files alike, however and by whom they are read.
train_cohort <- function(job) {
    state <- new_draw()
    job$tables <- list()
    if (is.null(job$engine)) draw_one_by_one(job, state)
    else draw_with_workers(job, state)
    arguments <- job$clustering_arguments
    wanted <- suppressMessages(recommendedTrainingSize(
        max(1, state$rows), arguments$faiss_cluster_size
    ))
    sample <- state$sample[order(state$key)]
    if (is.null(arguments$max_sequence_size)) {
        arguments$max_sequence_size <- max(1, state$longest)
    }
    job$clustering <- do.call(Clustering, c(arguments, list(
        directory = job$directory, fitting_data_size = max(1, state$rows),
        faiss_training_data = utils::head(sample, wanted)
    )))
    job$progress$say("Trained ", count_words(ncol(job$clustering$centroids),
        "centroid", "centroids"), " on ", count_text(min(wanted,
            length(sample)), "sequence"), " of ",
        count_text(state$rows, "row"), ".")
}

draw_one_by_one <- function(job, state) {
    limit <- check_bytes(job$clustering_arguments$memory_limit,
        "memory_limit") / 4
    sizes <- file.size(job$paths)
    sizes[is.na(sizes)] <- 0
    seeds <- draw_seeds(job)
    bytes <- 0
    for (i in job$todo) {
        job$progress$step("Training", sum(sizes[seq_len(i - 1L)]) /
            sum(sizes), job$sheet$repertoire_id[i])
        with_file(job, i, function(row) {
            parts <- 0
            keep <- function(table) {
                bytes <<- bytes + as.numeric(utils::object.size(table))
                parts <<- parts + 1
                # The second pass need not read what memory can hold.
                job$tables[[row$repertoire_id]] <- if (parts == 1 &&
                    bytes < limit) table
            }
            if (!file.exists(row$path)) no_such_file(row$file)
            add_draw(state, draw_of_file(row$path, reading_of_row(job, row),
                chunk_of(job, row$path), seeds[i], keep))
        })
    }
}

cluster_cohort <- function(job, began) {
    if (!length(job$names)) {
        raise_error("no_files", paste0("none of `files` could be read: ",
            paste0(job$failed$error, collapse = "; ")))
    }
    clustering <- job$clustering
    store <- store_pointer(clustering)
    threads <- check_threads(clustering$n_cpus)
    start <- proc.time()[["elapsed"]]
    job$progress$step("Clustering", 0)
    settings <- settings_list(clustering$state, job$singletons)
    run <- if (is.null(job$engine)) cpp_run_begin(store, settings, "", threads)
        else begin_shared_run(job$engine, clustering,
            limit_to_workers(job$engine, settings, job$granted))
    cpp_run_set_current(run)
    before <- read_clusters_object(job$directory)
    known <- !is.null(before) && before@run_id == cpp_run_describe(run)$id
    if (!known && !is.null(job$engine)) {
        finish_units(job$engine, clustering, run)
    }
    units <- if (known) before@units
        else read_units(run, threads, function(share) {
            job$progress$step("Clustering", share)
        })
    names <- unique(cpp_store_batches(store)$name)
    samples <- job$sheet[match(names, job$sheet$repertoire_id), ,
        drop = FALSE]
    rownames(samples) <- NULL
    x <- new_repertoire_clusters(
        job$directory, run, samples = samples, units = units,
        failed = job$failed, parameters = job$arguments,
        without_v_call = sum(as.numeric(job$inside$without_v_call)),
        usage = c(seconds = proc.time()[["elapsed"]] - began,
            peak_bytes = peak_memory())
    )
    job$progress$say("Clustered ", count_text(x@counts[["receptors"]],
        "distinct receptor"), " in ",
        duration_text(proc.time()[["elapsed"]] - start), ": ",
        count_text(length(x), "cluster"), " of ",
        shown_number(x@counts[["clustered"]]), ".")
    write_clusters_object(x)
    x
}
