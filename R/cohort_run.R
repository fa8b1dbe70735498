# The steps of clusterRepertoires(): reading into the store, clustering.

# What became of the columns of all files and of their rows, each kind of file
# once; and which have no V gene where these count.
reading_said <- function(plan, read) {
    inside <- read$inside[read$inside$repertoire_id %in% read$ids, ]
    none <- inside$repertoire_id[inside$rows != "0" &
        inside$rows == inside$without_v_call]
    c(
        said_together(read$said),
        if (length(none) && plan$arguments$v_gene != "none") {
            paste0("No V gene was found in ", name_some(none), ": with ",
                "`v_gene` = \"", plan$arguments$v_gene, "\" ",
                if (length(none) == 1L) "its" else "their",
                " receptors are a group of their own.")
        }
    )
}

read_cohort <- function(plan, found) {
    inside <- nrow(plan$sheet) - length(found$todo)
    if (inside > 0) {
        what <- if (any(is_divided(plan$sheet))) "repertoire" else "file"
        plan$progress$say(count_words(inside, paste(what, "is"),
            paste0(what, "s are")), " in the directory already.")
    }
    read <- if (is.null(plan$engine)) read_one_by_one(plan, found)
        else read_with_workers(plan, found)
    if (!length(found$names) && !nrow(read$inside)) {
        raise_error("no_files", paste0("none of `files` could be read: ",
            paste0(read$failed$error, collapse = "; ")))
    }
    if (length(read$ids)) tell_of_reading(plan, read)
    read
}

tell_of_reading <- function(plan, read) {
    audit <- audit_by_sample(cpp_store_batches(store_pointer(read$clustering)))
    audit <- audit[audit$repertoire_id %in% read$ids, ]
    dropped <- dropped_reasons(audit)
    for (line in describe_loss(audit, plan$arguments$chain)) {
        inform("left_out", line)
    }
    plan$progress$say("Read ", count_files(plan$sheet[
        plan$sheet$repertoire_id %in% read$ids, ]),
        " of ", count_text(sum(audit$given), "row"), " in ",
        duration_text(proc.time()[["elapsed"]] - read$began), "; dropped ",
        if (length(dropped)) describe_problems(dropped) else "none", ".",
        paste0(" ", reading_said(plan, read), recycle0 = TRUE,
            collapse = ""))
}

read_one_by_one <- function(plan, found) {
    trained <- train_cohort(plan, found)
    # What is in needs no memory any more.
    tables <- trained$tables
    trained$tables <- NULL
    sizes <- file.size(plan$paths[trained$todo])
    add_files(plan, found, trained, function(row, k) {
        id <- row$repertoire_id
        plan$progress$step("Reading", sum(sizes[seq_len(k - 1L)]) / sum(sizes),
            id)
        table <- tables[[id]]
        tables[[id]] <<- NULL
        add_file(plan, trained$clustering, row, table, id %in% found$names)
    })
}

cluster_cohort <- function(plan, read, granted, began) {
    clustering <- read$clustering
    store <- store_pointer(clustering)
    threads <- check_threads(clustering$n_cpus)
    start <- proc.time()[["elapsed"]]
    plan$progress$step("Clustering", 0)
    settings <- settings_list(clustering$state, plan$singletons)
    run <- if (is.null(plan$engine)) cpp_run_begin(store, settings, "", threads)
        else begin_shared_run(plan$engine, clustering,
            limit_to_workers(plan$engine, settings, granted))
    cpp_run_set_current(run)
    before <- read_clusters_object(plan$directory)
    known <- !is.null(before) && before@run_id == cpp_run_describe(run)$id
    if (!known && !is.null(plan$engine)) {
        finish_units(plan$engine, clustering, run)
    }
    units <- if (known) before@units
        else read_units(run, threads, function(share) {
            plan$progress$step("Clustering", share)
        })
    names <- unique(cpp_store_batches(store)$name)
    samples <- plan$sheet[match(names, plan$sheet$repertoire_id), ,
        drop = FALSE]
    rownames(samples) <- NULL
    samples$file <- kept_files(samples$file, plan$directory)
    x <- new_repertoire_clusters(
        plan$directory, run, samples = samples, units = units,
        failed = read$failed, parameters = plan$arguments,
        without_v_call = sum(as.numeric(read$inside$without_v_call)),
        usage = c(seconds = proc.time()[["elapsed"]] - began,
            peak_bytes = peak_memory())
    )
    plan$progress$say("Clustered ", count_text(x@counts[["receptors"]],
        "distinct receptor"), " in ",
        duration_text(proc.time()[["elapsed"]] - start), ": ",
        count_text(length(x), "cluster"), " of ",
        shown_number(x@counts[["clustered"]]), ".")
    write_clusters_object(x)
    x
}
