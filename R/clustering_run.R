# What the methods of Clustering do. `run` is the object.

initialize_clustering <- function(run, args) {
    for (name in c("method", "chain", "invalid", "borders")) {
        choices <- list(
            method = c("two-step", "mcl", "faiss"), chain = c("A", "B"),
            invalid = c("skip", "error"), borders = c("cut", "join")
        )[[name]]
        run$field(name, check_choice(args[[name]], name, choices))
    }
    check_threads(args$n_cpus)
    check_bytes(args$memory_limit, "memory_limit")
    run$n_cpus <- args$n_cpus
    run$memory_limit <- args$memory_limit
    run$mcl_params <- check_mcl_params(args$mcl_params)
    run$faiss_cluster_size <- check_number(
        args$faiss_cluster_size, "faiss_cluster_size", 1
    )
    run$seed <- check_number(args$seed, "seed", 0, .Machine$integer.max, TRUE)
    if (!is.null(args$fitting_data_size)) {
        run$fitting_data_size <- check_number(
            args$fitting_data_size, "fitting_data_size", 1
        )
    }
    if (!is.null(args$max_sequence_size)) {
        run$max_sequence_size <- check_number(
            args$max_sequence_size, "max_sequence_size", 1,
            longest_sequence, TRUE
        )
    }
    if (!is.null(args$directory)) {
        run$directory <- normalizePath(
            check_string(args$directory, "directory"), mustWork = FALSE
        )
    }
    run$centroids <- matrix(numeric(), 0, 0)
    run$next_unit <- 1
    run$next_cluster <- 1
    run$mode <- ""
    prepare_run(run, args$faiss_training_data)
    run
}

# Trains on a sample, or resumes what the directory holds.
prepare_run <- function(run, sample) {
    stored <- length(run$directory) && cpp_store_exists(run$directory)
    if (is.null(sample)) {
        if (stored) resume_run(run)
        return(invisible())
    }
    if (stored) {
        raise_error("exists", paste0(
            "`directory` '", run$directory, "' holds a run already: give no ",
            "`faiss_training_data` to resume it, or choose another directory"
        ))
    }
    if (run$method == "mcl") {
        bad_argument("`faiss_training_data` can't be used with ",
            "`method = \"mcl\"`, which has no k-means")
    }
    sample <- as_sequence_vector(sample, "faiss_training_data")
    if (!length(run$max_sequence_size)) {
        run$max_sequence_size <- longest_valid(sample)
    }
    if (!length(run$fitting_data_size)) {
        run$fitting_data_size <- max(1, length(sample))
    }
    sample <- keep_valid(
        sample, run$max_sequence_size, run$invalid, "faiss_training_data"
    )
    train_run(run, sample)
}

train_run <- function(run, sample) {
    run$centroids <- train_centroids(
        sample, run$fitting_data_size, run$faiss_cluster_size,
        run$max_sequence_size, run$seed, check_threads(run$n_cpus)
    )
}

longest_valid <- function(junction_aa) {
    valid <- cpp_sequence_problems(junction_aa, longest_sequence) == 0L
    max(1, nchar(junction_aa[valid], "bytes"))
}

resume_run <- function(run) {
    run$handle$run <- open_store(run$directory)
    stored <- cpp_store_describe(run$handle$run)
    parameters <- parameters_from_text(stored$parameters)
    for (name in names(parameters)) run$field(name, parameters[[name]])
    run$max_sequence_size <- stored$max_sequence_size
    run$centroids <- stored$centroids
    progress <- cpp_read_progress(run$handle$run)
    if (!is.null(progress)) {
        for (name in names(progress)) run$field(name, progress[[name]])
    }
}

is_null_pointer <- function(x) {
    is.null(x) || identical(x, methods::new("externalptr"))
}

# The open store of a run. With `create` it is made where it is not there yet;
# without, its absence is an error.
run_pointer <- function(run, create = FALSE) {
    if (!is_null_pointer(run$handle$run)) return(run$handle$run)
    if (length(run$directory) && cpp_store_exists(run$directory)) {
        run$handle$run <- open_store(run$directory)
        run$handle$plan <- NULL
        return(run$handle$run)
    }
    if (!create) {
        raise_error("no_batches", paste(
            "there are no preclusters yet; `batch_precluster()` must be",
            "called first"
        ))
    }
    if (!ncol(run$centroids)) {
        bad_argument(
            "preclustering in batches needs centroids: make the object with ",
            "`faiss_training_data` (and `method` \"two-step\" or \"faiss\")"
        )
    }
    if (!length(run$directory)) own_temporary_directory(run)
    parameters <- lapply(
        stats::setNames(nm = stored_parameters), function(x) run$field(x)
    )
    run$handle$run <- create_store(
        run$directory, run$max_sequence_size, run$centroids, parameters
    )
    run$handle$run
}

# The default directory ends with the object; a directory the user has named is
# the user's. A forked child's garbage collector must leave the parent's alone.
own_temporary_directory <- function(run) {
    run$directory <- tempfile("clustcr-")
    directory <- run$directory
    owner <- Sys.getpid()
    # The store is opened anew, for its pointer may have ended before.
    reg.finalizer(run$handle, function(handle) {
        if (Sys.getpid() == owner && cpp_store_exists(directory)) {
            try(cpp_store_remove(open_store(directory)), silent = TRUE)
        }
    })
}

precluster_batch <- function(run, data, name, append, replace) {
    if (check_flag(append, "append") && check_flag(replace, "replace")) {
        bad_argument("only one of `append` and `replace` can be TRUE")
    }
    if (run$next_unit > 1) {
        raise_error("clustering_begun", paste(
            "a batch can't be added while clustering is under way; call",
            "`batch_rewind()` first, and cluster from the start again"
        ))
    }
    pointer <- run_pointer(run, create = TRUE)
    if (is.null(name)) {
        name <- paste("batch", length(cpp_store_batches(pointer)$name) + 1L)
    }
    run$handle$plan <- NULL
    add_batch(
        pointer, data, check_string(name, "name"),
        if (append) "append" else if (replace) "replace" else "error",
        run$invalid, run$max_sequence_size, check_threads(run$n_cpus)
    )
}

crosses_borders <- function(run) {
    run$method != "faiss" && run$borders == "join"
}

# What a clustering under way was begun with; it can't go on with anything
# else. Units of whole components depend on the memory limit too.
clustering_mode <- function(run, singletons) {
    paste0(
        run$method, " ", run$borders, " ",
        paste(run$mcl_params, collapse = " "),
        if (singletons) " with singletons" else " without singletons",
        if (crosses_borders(run)) paste0(" within ", plan_limit(run), " bytes")
    )
}

# The memory limit that units are made for, as text: that of the clustering
# under way, whatever the limit is now, for its units are counted.
plan_limit <- function(run) {
    begun_with <- regmatches(run$mode, regexpr("[0-9]+(?= bytes$)", run$mode,
        perl = TRUE))
    if (run$next_unit > 1 && length(begun_with)) return(begun_with)
    limit <- check_bytes(run$memory_limit, "memory_limit")
    format(floor(limit), scientific = FALSE)
}

# Makes or finds the plan for the units; see cpp_plan().
plan_run <- function(run, singletons) {
    limit <- plan_limit(run)
    plan <- run$handle$plan
    fits <- !is.null(plan) && identical(run$handle$plan_limit, limit) &&
        (run$handle$plan_singletons || !singletons)
    if (!fits) {
        plan <- cpp_plan(
            run_pointer(run), as.numeric(limit), singletons,
            check_threads(run$n_cpus)
        )
        run$handle$plan <- plan
        run$handle$plan_limit <- limit
        run$handle$plan_singletons <- singletons
    }
    plan
}

# Units of the clustering: of a plan across borders, or preclusters.
unit_count <- function(run, singletons) {
    if (!crosses_borders(run)) return(ncol(run$centroids))
    plan_run(run, singletons)[["units"]]
}

cluster_batch <- function(run, singletons) {
    check_flag(singletons, "singletons")
    pointer <- run_pointer(run)
    mode <- clustering_mode(run, singletons)
    if (run$next_unit > 1 && run$mode != mode) {
        raise_error("clustering_begun", paste0(
            "clustering is under way with other settings (", run$mode,
            "); call `batch_rewind()` first to begin again with ", mode
        ))
    }
    run$mode <- mode
    units <- unit_count(run, singletons)
    # That the caller comes back says that the batches before are done.
    if (run$next_unit > 1) {
        cpp_write_progress(pointer, run$next_unit, run$next_cluster, mode)
    }
    if (run$next_unit > units) return(NULL)
    threads <- check_threads(run$n_cpus)
    mcl_params <- if (run$method == "faiss") numeric() else run$mcl_params
    batch <- if (crosses_borders(run)) {
        cpp_cluster_unit(
            pointer, run$next_unit, run$next_cluster, mcl_params, singletons,
            threads
        )
    } else {
        cpp_cluster_batch(
            pointer, run$next_unit, run$next_cluster,
            check_bytes(run$memory_limit, "memory_limit"), mcl_params,
            singletons, threads
        )
    }
    run$next_unit <- batch$next_unit
    run$next_cluster <- run$next_cluster + batch$clusters
    as.data.frame(batch$columns)
}

rewind_run <- function(run) {
    run$next_unit <- 1
    run$next_cluster <- 1
    if (!is_null_pointer(run$handle$run)) {
        cpp_write_progress(run$handle$run, 1, 1, "")
    }
}

cluster_all <- function(run, FUN, ..., singletons = FALSE) {
    run$batch_rewind()
    bar <- cli::cli_progress_bar(
        "Clustering", total = unit_count(run, singletons)
    )
    while (!is.null(clusters <- run$batch_cluster(singletons))) {
        FUN(clusters, ...)
        cli::cli_progress_update(set = run$next_unit - 1, id = bar)
    }
    cli::cli_progress_done(id = bar)
    invisible(run$next_cluster - 1)
}

# coro's protocol is a function that returns this symbol at the end, so coro
# itself need not be there.
cluster_iterator <- function(run, singletons = FALSE) {
    function() {
        clusters <- run$batch_cluster(singletons)
        if (is.null(clusters)) as.symbol(".__exhausted__.") else clusters
    }
}

cleanup_run <- function(run) {
    if (!is_null_pointer(run$handle$run) ||
        (length(run$directory) && cpp_store_exists(run$directory))) {
        cpp_store_remove(run_pointer(run))
    }
    run$handle$run <- NULL
    run$handle$plan <- NULL
    rewind_run(run)
}

fit_clustering <- function(run, data, singletons) {
    check_flag(singletons, "singletons")
    junction_aa <- as_sequence_vector(data)
    trained <- ncol(run$centroids) > 0
    if (run$method == "mcl") {
        longest <- longest_sequence
    } else if (length(run$max_sequence_size)) {
        longest <- run$max_sequence_size
    } else {
        longest <- longest_valid(junction_aa)
    }
    junction_aa <- keep_valid(junction_aa, longest, run$invalid, "data")
    threads <- check_threads(run$n_cpus)
    distinct <- length(unique(junction_aa))
    centroids <- run$centroids
    if (!trained && run$method != "mcl" && distinct > 0) {
        centroids <- train_centroids(
            junction_aa, distinct, run$faiss_cluster_size, longest, run$seed,
            threads
        )
    }
    columns <- if (distinct == 0) {
        list(junction_aa = character(), cluster = integer(),
            precluster = integer())
    } else {
        fit_sequences(junction_aa, run$method, run$borders, centroids, longest,
            run$mcl_params, singletons, threads)
    }
    parameters <- lapply(
        stats::setNames(nm = c("method", "chain", "mcl_params",
            "faiss_cluster_size", "seed")),
        function(x) run$field(x)
    )
    new_clustering_result(columns, parameters, distinct)
}

show_clustering <- function(run) {
    cat("Clustering, method \"", run$method, "\", chain ", run$chain,
        ", inflation ", run$mcl_params[1L], ", expansion ", run$mcl_params[2L],
        "\n", sep = "")
    if (!ncol(run$centroids)) {
        cat("Not trained: fit() works, batches need `faiss_training_data`.\n")
        return(invisible())
    }
    cat(count_text(ncol(run$centroids), "centroid"), " for sequences of up to ",
        run$max_sequence_size, " residues, seed ", run$seed, "\n", sep = "")
    if (!length(run$directory) || !cpp_store_exists(run$directory)) {
        cat("No batches yet.\n")
        return(invisible())
    }
    batches <- run$batches()
    cat(nrow(batches), if (nrow(batches) == 1) " batch" else " batches", " of ",
        count_text(sum(batches$rows), "sequence"), " in '", run$directory,
        "'\n", sep = "")
    if (run$next_unit > 1) {
        cat("Clustering under way: ",
            count_text(run$next_cluster - 1, "cluster"), " so far\n", sep = "")
    }
}

audit_run <- function(run, edges) {
    check_flag(edges, "edges")
    pointer <- run_pointer(run)
    audit <- audit_table(cpp_store_batches(pointer))
    if (edges) {
        attr(audit, "edges") <- edge_audit(plan_run(run, FALSE), run$borders)
    }
    class(audit) <- c("clustcr_audit", class(audit))
    audit
}
