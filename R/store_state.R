# What the environment `state` of a Clustering holds: its parameters, checked,
# the store that it belongs to, and where a clustering stands. Fields are
# reached through accessors, so that a wrong value is an error where it is
# given.

set_field <- function(self, name, value) {
    if (!is_open(name)) {
        bad_argument("`", name, "` can't be changed after the object was ",
            "made; make another with `Clustering(", name, " = )`")
    }
    value <- check_parameter(name, value)
    changed <- as.environment(as.list(self$state))
    assign(name, value, changed)
    # Of another distance another `max_distance` makes sense; the two can't be
    # set at once.
    if (name == "distance" && value != self$state$distance) {
        changed$max_distance <- distance_defaults(value)$max_distance
    }
    check_together(changed)
    if (name == "distance") {
        tell_max_distance(changed, self$state$max_distance)
    }
    assign(name, value, self$state)
    self$state$max_distance <- changed$max_distance
}

tell_max_distance <- function(state, before) {
    if (state$max_distance == before) return(invisible())
    inform("distance", "`max_distance` is ", state$max_distance, " now, as ",
        "`distance` is \"", state$distance, "\".")
}

new_state <- function(args) {
    state <- new.env(parent = emptyenv())
    for (name in parameters_of(level = clustering_levels)) {
        assign(name, check_parameter(name, args[[name]]), state)
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
