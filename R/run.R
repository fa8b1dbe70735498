# A run is one clustering, of one snapshot of the store's batches with one set
# of settings. `self` is a Clustering.

# The fields that a run was begun with.
run_settings_of <- function(run, state) {
    settings <- list(
        memory_limit = run$memory_limit, distance = run$distance,
        max_distance = run$max_distance,
        missing_genes = if (run$missing_genes_match) "group" else "none",
        ambiguous_genes = if (run$ambiguous_genes_match) "any" else "same",
        weighted = run$weighted, divide = run$divide
    )
    settings["v_distance"] <- list(check_v_distance(run$v_distance))
    if (uses_mcl(state)) settings$mcl_params <- run$mcl_params
    if (state$method == "two-step") {
        settings$borders <- if (run$join) "join" else "cut"
    }
    settings
}

uses_mcl <- function(state) state$method %in% c("two-step", "mcl")

# As the core takes them; see r_settings.hpp.
settings_list <- function(state, singletons, method = NULL, join = NULL) {
    c(rule_list(state), list(
        method = if (!is.null(method)) method else switch(state$method,
            components = "components", faiss = "preclusters", "mcl"),
        join = if (!is.null(join)) join else crosses_borders(state),
        # Others do not tell clusterings without MCL apart.
        mcl_params = if (uses_mcl(state)) state$mcl_params else c(1.2, 2),
        singletons = singletons, weighted = isTRUE(state$weighted),
        divide = isTRUE(state$divide) && crosses_borders(state),
        memory_limit = floor(check_bytes(state$memory_limit, "memory_limit"))
    ))
}

crosses_borders <- function(state) {
    switch(state$method, faiss = FALSE, "two-step" = state$borders == "join",
        TRUE)
}

# What must stay the same while a clustering is under way. The memory limit may
# change: it counts when the next one begins.
run_key <- function(state, singletons) {
    settings <- settings_list(state, singletons)
    settings$memory_limit <- NULL
    settings
}

# Opens the run under way, or begins one, by `begin(store, settings)`; returns
# its pointer.
open_run <- function(self, singletons, begin = function(store, settings) {
    with_progress("Planning", cpp_run_begin(store, settings,
        work_directory_text(self), check_threads(self$state$n_cpus)))
}) {
    state <- self$state
    if (!is.null(state$run) && state$next_unit > 1) {
        key <- run_key(state, singletons)
        if (!same_run(state$run, key)) {
            raise_error("clustering_begun", paste(
                "clustering is under way with other settings; call",
                "`batch_rewind()` first to begin again with these"
            ))
        }
        return(open_run_again(self))
    }
    store <- store_pointer(self)
    cpp_store_check_identity(store)
    state$run <- hold_run(self, begin(store, settings_list(state, singletons)))
    cpp_run_set_current(self$handle$run)
    self$handle$run
}

# Makes `run` that of the object, and describes it. It is opened, or planned,
# when the one that the object had is gone, with its lock.
hold_run <- function(self, run) {
    let_run_go(self)
    about <- cpp_run_describe(run)
    self$handle$run <- run
    about
}

let_run_go <- function(self) {
    if (!is_null_pointer(self$handle$run)) cpp_run_close(self$handle$run)
    self$handle$run <- NULL
}

# The run under way, whose pointer may have ended, as after readRDS().
open_run_again <- function(self) {
    state <- self$state
    store <- store_pointer(self)
    cpp_store_check_identity(store)
    if (is_null_pointer(self$handle$run)) {
        hold_run(self, cpp_run_open(store, state$run$id,
            work_directory_text(self), check_threads(state$n_cpus)))
        # The session that saved this object may still have it. Here and not
        # where units are taken, or an audit() in between would leave a run
        # that is open but never says where it stands.
        cpp_run_claim(self$handle$run)
    }
    self$handle$run
}

same_run <- function(run, key) {
    key$method <- NULL
    isTRUE(all.equal(run[names(key)], key))
}

cluster_batch <- function(self, singletons, columns, with_matrix = FALSE) {
    check_flag(singletons, "singletons")
    check_flag(with_matrix, "calc_cluster_matrix")
    columns <- check_result_columns(columns)
    state <- self$state
    run <- open_run(self, singletons)
    # That the caller comes back says that the batches before are done.
    if (state$next_unit > 1) {
        cpp_run_write_position(run, state$next_unit, state$next_cluster)
    }
    if (state$next_unit > state$run$units) return(NULL)
    batch <- unit_clusters(
        run, state$next_unit, state$next_cluster, columns, state$chain,
        with_matrix, check_threads(state$n_cpus)
    )
    state$handed_out <- TRUE
    state$next_unit <- state$next_unit + 1
    state$next_cluster <- state$next_cluster + batch$clusters
    batch$table
}

# list(table, clusters): the data.frame of a unit of `run`, and how many
# clusters it has; the first is number `first_cluster`.
unit_clusters <- function(run, unit, first_cluster, columns, chain,
                          with_matrix, threads) {
    batch <- cpp_run_unit(run, unit, first_cluster, columns, threads)
    table <- unit_table(batch, chain)
    if (with_matrix) {
        attr(table, "cluster_matrix") <- batch_matrix(units_matrix(
            run, unit, unit, "receptors", cluster = first_cluster
        ))
    }
    list(table = table, clusters = batch$clusters)
}

commit_position <- function(self) {
    state <- self$state
    if (is.null(state$run) || state$next_unit <= 1) return(invisible())
    run <- open_run(self, state$run$singletons)
    cpp_run_write_position(run, state$next_unit, state$next_cluster)
}

# After readRDS() too: what is on disk must not be resumed. Where store or run
# are gone there is nothing to rewind.
rewind_clustering <- function(self) {
    state <- self$state
    if (!is.null(state$run) && state$next_unit > 1 && has_store(self)) {
        tryCatch(
            {
                run <- open_run_again(self)
                if (cpp_run_claim(run)) cpp_run_write_position(run, 1, 1)
            },
            clustcr_error_gone = function(e) NULL
        )
    }
    forget_run(state)
}

# A clustering that has ended begins again, too.
rewind_if <- function(self, rewind) {
    state <- self$state
    ended <- !is.null(state$run) && state$next_unit > state$run$units
    if (check_flag(rewind, "rewind") || ended) rewind_clustering(self)
}

# Of what was handed out so far.
handed_out_matrix <- function(self, value) {
    value <- check_choice(value, "value", cell_values)
    state <- self$state
    if (is.null(state$run) || state$next_unit <= 1) {
        samples <- unique(stored_batches(self)$repertoire_id)
        none <- Matrix::sparseMatrix(integer(), integer(), x = numeric(),
            dims = c(0L, length(samples)))
        return(batch_matrix(list(matrix = none, samples = samples,
            cluster = integer())))
    }
    batch_matrix(units_matrix(open_run(self, state$run$singletons), 1,
        state$next_unit - 1, value, check_threads(state$n_cpus)))
}
