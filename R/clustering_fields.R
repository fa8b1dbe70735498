# The fields of a Clustering object: what they may hold. They lie in its
# environment `state` and are reached through accessors, so that a wrong value
# is an error where it is given.

clustering_choices <- list(
    method = c("two-step", "mcl", "components", "faiss"),
    invalid = c("skip", "error"),
    borders = c("join", "cut"),
    v_gene = c("none", "family", "gene", "allele"),
    j_gene = c("none", "family", "gene", "allele"),
    missing_genes = c("group", "none"),
    missing_chain = c("skip", "cluster"),
    distance = c("hamming", "levenshtein")
)

# A checked value of a field or argument.
check_field <- function(name, value) {
    if (name %in% names(clustering_choices)) {
        return(check_choice(value, name, clustering_choices[[name]]))
    }
    switch(
        name,
        chain = check_chain(value),
        n_cpus = {
            check_threads(value)
            value
        },
        memory_limit = {
            check_bytes(value, "memory_limit")
            value
        },
        mcl_params = check_mcl_params(value),
        max_distance = check_number(value, name, 1, 2, TRUE),
        divide = check_flag(value, name),
        faiss_cluster_size = check_number(value, name, 1),
        seed = check_number(value, name, 0, .Machine$integer.max, TRUE),
        fitting_data_size = if (!is.null(value)) check_number(value, name, 1),
        max_sequence_size = if (!is.null(value)) {
            check_number(value, name, 1, longest_sequence, TRUE)
        },
        directory = ,
        work_directory = if (!is.null(value)) absolute_path(value, name)
    )
}

# Fields that must fit together.
check_together <- function(state) {
    if (state$distance == "levenshtein" && state$max_distance != 1) {
        bad_argument("`max_distance` must be 1 with `distance = ",
            "\"levenshtein\"`, not ", given(state$max_distance))
    }
    if (isTRUE(state$divide) && state$method != "two-step") {
        bad_argument("`divide` can be TRUE with `method = \"two-step\"` only, ",
            "which has preclusters, not with ", given(state$method))
    }
    if (is_paired(state$chain) && by_centroid(state)) {
        bad_argument("`method` must be \"mcl\" or \"components\" with ",
            "`chain = \"", state$chain, "\"`, not ", given(state$method))
    }
}

by_centroid <- function(state) state$method %in% c("two-step", "faiss")

set_field <- function(self, name, value) {
    if (name %in% locked_fields) {
        bad_argument("`", name, "` can't be changed after the object was ",
            "made; make another with `Clustering(", name, " = )`")
    }
    value <- check_field(name, value)
    changed <- as.environment(as.list(self$state))
    assign(name, value, changed)
    check_together(changed)
    assign(name, value, self$state)
}

new_state <- function(args) {
    state <- new.env(parent = emptyenv())
    for (name in setdiff(names(args), "faiss_training_data")) {
        assign(name, check_field(name, args[[name]]), state)
    }
    check_together(state)
    state$centroids <- matrix(numeric(), 0, 0)
    # The store this object belongs to; "" before it is made.
    state$store_id <- ""
    state$own_directory <- FALSE
    forget_run(state)
    state
}

# Where a clustering stands: `run` is what is known of the run under way
# (its id, settings and number of units), NULL where none is.
forget_run <- function(state) {
    state$run <- NULL
    state$next_unit <- 1
    state$next_cluster <- 1
    # Whether this object has handed out a unit, or has only found where
    # another stood.
    state$handed_out <- FALSE
}
