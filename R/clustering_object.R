# What the methods of Clustering do. `self` is the object.

initialize_clustering <- function(self, arguments) {
    known <- parameters_of(level = c(clustering_levels, "training"))
    refuse_arguments(arguments, "Clustering()", c(known, "inflation",
        "expansion"))
    more <- arguments[names(arguments) %in% c("inflation", "expansion")]
    arguments <- arguments[names(arguments) %in% known]
    if (length(more)) {
        arguments$mcl_params <- with_inflation(if (is.null(
            arguments$mcl_params)) parameter_table$mcl_params$default
            else arguments$mcl_params, more, !is.null(arguments$mcl_params))
    }
    all <- parameter_defaults(known)
    stored <- stored_parameters_of(self, arguments)
    fitting <- stored[fitting_stored(stored, arguments)]
    all[names(fitting)] <- fitting
    all[names(arguments)] <- arguments
    state <- new_state(with_distance_defaults(all,
        c(names(arguments), names(fitting))))
    rm(list = ls(self$state), envir = self$state)
    for (name in ls(state)) assign(name, state[[name]], self$state)
    self$state$chain_open <- !"chain" %in% names(arguments)
    prepare(self, all$faiss_training_data, stored, names(arguments))
    self
}

# The parameters of the store that `directory` holds, which count where no
# others are given; NULL without one.
stored_parameters_of <- function(self, arguments) {
    if (is.null(arguments$directory)) return(NULL)
    directory <- check_parameter("directory", arguments$directory)
    if (!cpp_store_exists(directory)) return(NULL)
    self$handle$store <- open_store(directory)
    about <- cpp_store_describe(self$handle$store)
    stored <- parameters_from_text(about$parameters, directory)
    if (!is_paired(stored$chain) && by_centroid(stored)) {
        stored["max_sequence_size"] <- list(about$max_sequence_size)
    }
    stored
}

# Those of a distance count with it only.
fitting_stored <- function(stored, arguments) {
    other <- !is.null(arguments$distance) &&
        !identical(arguments$distance, stored$distance)
    setdiff(names(stored),
        if (other) c("max_distance", "v_distance", "weighted"))
}

# Trains on a sample, or resumes what the directory holds.
prepare <- function(self, sample, stored, given_names) {
    state <- self$state
    if (is.null(sample)) {
        if (length(stored)) resume(self, stored, given_names)
        return(invisible())
    }
    if (length(stored)) {
        raise_error("exists", paste0(
            "`directory` '", state$directory, "' holds a store already: give ",
            "no `faiss_training_data` to resume it, or choose another directory"
        ))
    }
    if (!by_centroid(state)) {
        bad_argument("`faiss_training_data` can't be used with ",
            "`method = \"", state$method, "\"`, which has no k-means")
    }
    sample <- receptor_data(sample, state$chain, "faiss_training_data")
    sample <- as_sequence_vector(sample, "faiss_training_data")
    if (!length(state$max_sequence_size)) {
        state$max_sequence_size <- longest_valid(sample)
    }
    if (!length(state$fitting_data_size)) {
        state$fitting_data_size <- max(1, length(sample))
    }
    sample <- keep_valid(sample, state$max_sequence_size, state$invalid,
        "faiss_training_data")
    state$centroids <- with_progress("Training", train_centroids(
        sample, state$fitting_data_size, state$faiss_cluster_size,
        state$max_sequence_size, state$seed, check_threads(state$n_cpus),
        state$method
    ))
}

longest_valid <- function(junction_aa) {
    valid <- cpp_sequence_problems(junction_aa, longest_sequence, FALSE) == 0L
    max(1, nchar(junction_aa[valid], "bytes"))
}

# Takes up a store, whose parameters the object has but for those that were
# given: these are taken where they can be, and refused where they can't.
resume <- function(self, stored, given_names) {
    state <- self$state
    for (name in intersect(names(stored), given_names)) {
        if (!is_open(name) &&
            !isTRUE(all.equal(state[[name]], stored[[name]]))) {
            bad_argument("`", name, "` must be that of the store in '",
                state$directory, "', ", given(stored[[name]]), ", or be left ",
                "out, not ", given(state[[name]]))
        }
    }
    if (!"max_distance" %in% given_names && state$distance != stored$distance) {
        tell_max_distance(state, stored$max_distance)
    }
    store <- self$handle$store
    state$chain_open <- FALSE
    state$centroids <- cpp_store_centroids(store)
    state$store_id <- cpp_store_describe(store)$id
    resume_run(self, given_names)
}

# The clustering under way of the session before, unless another process is at
# work on it, or settings were given that differ.
resume_run <- function(self, given_names) {
    state <- self$state
    work <- work_directory_text(self)
    id <- cpp_run_current(self$handle$store, work)
    if (!nzchar(id)) return(invisible())
    run <- hold_run(self, cpp_run_open(self$handle$store, id, work,
        check_threads(state$n_cpus)))
    # One that has ended begins again, without work: its clusters are kept.
    if (run$next_unit <= 1 || run$next_unit > run$units) return(invisible())
    if (!cpp_run_claim(self$handle$run)) {
        inform("resumed", "Another process is at work on this clustering; ",
            "this object begins with its first unit.")
        return(invisible())
    }
    # A clustering of batches that are not all any more has ended.
    if (run$batches != cpp_store_batches(self$handle$store)$committed) {
        inform("resumed", "Batches were added after clustering reached unit ",
            run$next_unit, "; it begins again.")
        return(invisible())
    }
    settings <- run_settings_of(run, state)
    for (name in names(settings)) {
        if (name %in% given_names &&
            !isTRUE(all.equal(comparable(name, state[[name]]),
                comparable(name, settings[[name]])))) {
            inform("resumed", "Clustering was under way with `", name, "` ",
                given_setting(settings[[name]]), "; with ",
                given_setting(state[[name]]), " it begins again.")
            return(invisible())
        }
    }
    for (name in names(settings)) {
        if (!name %in% given_names) assign(name, settings[[name]], state)
    }
    state$run <- run
    state$next_unit <- run$next_unit
    state$next_cluster <- run$next_cluster
    inform("resumed", "Clustering continues with unit ", run$next_unit, " of ",
        run$units, "; `batch_rewind()` starts over.")
}

comparable <- function(name, value) {
    if (name == "memory_limit") floor(check_bytes(value, name)) else value
}

given_setting <- function(x) {
    if (is.numeric(x)) deparse1(x) else given(x)
}

cluster_all <- function(self, FUN, ..., singletons, columns, rewind,
                        with_matrix) {
    state <- self$state
    rewind_if(self, rewind)
    bar <- NULL
    while (!is.null(clusters <- cluster_batch(self, singletons, columns,
        with_matrix))) {
        FUN(clusters, ...)
        if (is.null(bar)) bar <- progress_bar("Clustering", state$run$units)
        if (!is.null(bar)) {
            cli::cli_progress_update(set = state$next_unit - 1, id = bar)
        }
    }
    if (!is.null(bar)) cli::cli_progress_done(id = bar)
    invisible(state$next_cluster - 1)
}

# coro's protocol is a function that returns this symbol at the end, so coro
# itself need not be there.
cluster_iterator <- function(self, singletons = FALSE, columns = character(),
                             with_matrix = FALSE) {
    function() {
        clusters <- cluster_batch(self, singletons, columns, with_matrix)
        if (is.null(clusters)) as.symbol(".__exhausted__.") else clusters
    }
}

copy_clustering <- function(self) {
    other <- methods::new("Clustering")
    for (name in ls(self$state)) assign(name, self$state[[name]], other$state)
    # The folder ends with the first object.
    other$state$own_directory <- FALSE
    other
}

show_clustering <- function(self) {
    state <- self$state
    cat("Clustering, method \"", state$method, "\", chain ", state$chain,
        if (uses_mcl(state)) paste0(
            ", inflation ", plain_numbers(state$mcl_params[1L]), ", expansion ",
            plain_numbers(state$mcl_params[2L])
        ), "\n", sep = "")
    if (by_centroid(state)) {
        if (!ncol(state$centroids)) {
            cat("Not trained: fit() works, batches need ",
                "`faiss_training_data`.\n", sep = "")
            return(invisible())
        }
        cat(count_text(ncol(state$centroids), "centroid"),
            " for sequences of up to ", state$max_sequence_size,
            " residues, seed ", state$seed, "\n", sep = "")
    }
    genes <- c(V = state$v_gene, J = state$j_gene)
    say_lines(strwrap(paste0("Neighbors: ", if (state$method == "faiss") "none"
        else paste0(radius_in_words(state), genes_in_words(
            genes[genes != "none"], state$v_distance)),
        if (isTRUE(state$weighted) && uses_mcl(state)) {
            "; near ones count more"
        }), 80, exdent = 2))
    show_store(self)
}

show_store <- function(self) {
    state <- self$state
    if (!has_store(self)) {
        cat("No batches yet.\n")
        return(invisible())
    }
    batches <- tryCatch(
        stored_batches(self),
        clustcr_error_gone = function(e) NULL
    )
    if (is.null(batches)) {
        say_lines(paste0("Its store in '", state$directory, "' is gone."))
        return(invisible())
    }
    say_lines(paste0(count_words(nrow(batches), "batch", "batches"), " of ",
        count_text(sum(batches$rows), "sequence"), " in '", state$directory,
        "'"))
    if (is.null(state$run) || state$next_unit <= 1) return(invisible())
    ended <- state$next_unit > state$run$units
    cat(if (ended) "Clustered: " else "Clustering under way: ",
        count_text(state$next_cluster - 1, "cluster"),
        if (!ended) paste0(" so far, ", state$next_unit - 1, " of ",
            state$run$units, " units"),
        "\n", sep = "")
}
