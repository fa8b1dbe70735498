# The table of parameters: a row for each argument of a clustering and of
# reading. What may change, what stores and directories keep, what a rule of
# neighbors is, is found from it; a new argument is a row, its use, its page.
#
#   default  of Clustering() and of the readers; clusterRepertoires() has its
#            own of `method`, `v_gene` and MCL
#   level    "store"    fixed when the object is made, as its store is
#            "run"      may change between clusterings
#            "session"  no result depends on it
#            "training" the sample, which the object does not keep
#            "reading"  what readers take, and check (reading_options())
#   kept     how a store remembers it: "text", "numbers", "flag", or not ("no")
#   cohort   clusterRepertoires() takes it, and its directory holds to it
#   rule     it says which receptors are neighbors
#   since    "0.3.0": stores and directories of before lack it, so that it is
#            written where it differs from the default only
#   choices  the words that it takes; or else
#   check    function(value, name), which returns the value
parameter <- function(default, level, kept = "no", cohort = FALSE,
                      rule = FALSE, since = "", choices = NULL,
                      check = function(value, name) {
                          check_choice(value, name, choices)
                      }) {
    list(default = default, level = level, kept = kept, cohort = cohort,
        rule = rule, since = since, choices = choices, check = check)
}

gene_levels <- c("none", "family", "gene", "allele")

unless_null <- function(check) {
    force(check)
    function(value, name) if (!is.null(value)) check(value, name)
}

# Stores keep their parameters in this order.
parameter_table <- list(
    method = parameter("two-step", "store", "text", cohort = TRUE,
        choices = c("two-step", "mcl", "components", "faiss")),
    chain = parameter("B", "store", "text", cohort = TRUE,
        check = function(value, name) check_chain(value)),
    faiss_cluster_size = parameter(5000, "store", "numbers", cohort = TRUE,
        check = function(value, name) check_number(value, name, 1)),
    mcl_params = parameter(c(1.2, 2), "run", "numbers", cohort = TRUE,
        check = function(value, name) check_mcl_params(value)),
    fitting_data_size = parameter(NULL, "store", "numbers",
        check = unless_null(function(value, name) {
            check_number(value, name, 1)
        })),
    max_sequence_size = parameter(NULL, "store", cohort = TRUE,
        check = unless_null(function(value, name) {
            check_number(value, name, 1, longest_sequence, TRUE)
        })),
    seed = parameter(42, "store", "numbers", cohort = TRUE,
        check = function(value, name) {
            check_number(value, name, 0, .Machine$integer.max, TRUE)
        }),
    invalid = parameter("skip", "run", "text", choices = c("skip", "error")),
    borders = parameter("join", "run", "text", cohort = TRUE,
        choices = c("join", "cut")),
    v_gene = parameter("none", "store", "text", cohort = TRUE, rule = TRUE,
        choices = gene_levels),
    j_gene = parameter("none", "store", "text", cohort = TRUE, rule = TRUE,
        choices = gene_levels),
    missing_genes = parameter("group", "run", "text", cohort = TRUE,
        rule = TRUE, choices = c("group", "none")),
    ambiguous_genes = parameter("same", "run", "text", cohort = TRUE,
        rule = TRUE, since = "0.3.0", choices = c("same", "any")),
    missing_chain = parameter("skip", "store", "text", cohort = TRUE,
        choices = c("skip", "cluster")),
    distance = parameter("hamming", "run", "text", cohort = TRUE, rule = TRUE,
        choices = c("hamming", "levenshtein", "tcrdist")),
    max_distance = parameter(1, "run", "numbers", cohort = TRUE, rule = TRUE,
        check = function(value, name) check_number(value, name, 1, 24, TRUE)),
    v_distance = parameter(NULL, "run", "text", cohort = TRUE, rule = TRUE,
        since = "0.3.0",
        check = unless_null(function(value, name) check_v_distance(value))),
    weighted = parameter(FALSE, "run", "flag", cohort = TRUE, since = "0.3.0",
        check = function(value, name) check_flag(value, name)),
    divide = parameter(FALSE, "run", "flag", cohort = TRUE, since = "0.3.0",
        check = function(value, name) check_flag(value, name)),
    directory = parameter(NULL, "store",
        check = unless_null(function(value, name) absolute_path(value, name))),
    work_directory = parameter(NULL, "store",
        check = unless_null(function(value, name) absolute_path(value, name))),
    n_cpus = parameter(1, "session", check = function(value, name) {
        check_threads(value)
        value
    }),
    memory_limit = parameter("2GB", "session", check = function(value, name) {
        check_bytes(value, name)
        value
    }),
    faiss_training_data = parameter(NULL, "training"),
    format = parameter("auto", "reading", cohort = TRUE),
    columns = parameter(NULL, "reading", cohort = TRUE),
    productive = parameter(TRUE, "reading", cohort = TRUE),
    cells_only = parameter(FALSE, "reading", cohort = TRUE),
    species = parameter("human", "reading", cohort = TRUE),
    header = parameter(NULL, "reading", cohort = TRUE, since = "0.3.0"),
    skip = parameter(0, "reading", cohort = TRUE, since = "0.3.0")
)

# The names of those for which all of this holds: parameters_of(level = "run"),
# or one of them where several are given.
parameters_of <- function(...) {
    wanted <- list(...)
    names(Filter(function(row) {
        all(vapply(names(wanted), function(what) {
            row[[what]] %in% wanted[[what]]
        }, NA))
    }, parameter_table))
}

# list(name = default, ...)
parameter_defaults <- function(names) {
    lapply(parameter_table[names], `[[`, "default")
}

# `values` without those of this version that are at their defaults.
without_later <- function(values) {
    later <- parameter_defaults(intersect(names(values),
        parameters_of(since = "0.3.0")))
    usual <- vapply(names(later), function(name) {
        identical(values[[name]], later[[name]])
    }, NA)
    values[setdiff(names(values), names(later)[usual])]
}

# The largest `max_distance` of each distance.
most_distances <- c(hamming = 2, levenshtein = 1, tcrdist = 24)

distance_words <- c(hamming = "Hamming distance",
    levenshtein = "Levenshtein distance", tcrdist = "TCRdist")

# "Hamming distance 1", "TCRdist up to 12"
radius_in_words <- function(rule) {
    paste0(distance_words[[rule$distance]],
        if (rule$distance == "tcrdist") " up to", " ",
        plain_numbers(rule$max_distance))
}

genes_in_words <- function(genes, v_distance, before = " with the same ") {
    added <- any(nzchar(v_distance))
    if (added) genes <- genes[names(genes) != "V"]
    words <- if (length(genes)) paste0(before,
        paste(names(genes), genes, collapse = " and "))
    if (!added) return(words)
    paste0(", distances of V genes added", if (length(genes))
        sub("^,?", ",", words))
}

# What goes with a distance where nothing else is said.
distance_defaults <- function(distance) {
    if (identical(distance, "tcrdist")) list(max_distance = 12, v_gene = "gene")
    else parameter_defaults("max_distance")
}

# `values`, of which those that were not `given` are the ones that go with their
# distance.
with_distance_defaults <- function(values, given) {
    own <- distance_defaults(values$distance)
    own <- own[setdiff(intersect(names(own), names(values)), given)]
    values[names(own)] <- own
    values
}

# A checked value of a parameter.
check_parameter <- function(name, value) {
    parameter_table[[name]]$check(value, name)
}

# The fields of a Clustering, of which some are fixed when it is made.
clustering_levels <- c("store", "run", "session")
# Beside these, what came of training and where a clustering stands.
standing_fields <- c("centroids", "next_unit", "next_cluster")
is_open <- function(name) {
    isTRUE(parameter_table[[name]]$level %in% c("run", "session"))
}

# What must fit together.
check_together <- function(state) {
    check_distance_together(state)
    if (isTRUE(state$divide) && state$method != "two-step") {
        bad_argument("`divide` can be TRUE with `method = \"two-step\"` only, ",
            "which has preclusters, not with ", given(state$method))
    }
    if (is_paired(state$chain) && by_centroid(state)) {
        bad_argument("`method` must be \"mcl\" or \"components\" with ",
            "`chain = \"", state$chain, "\"`, not ", given(state$method))
    }
}

check_distance_together <- function(state) {
    distance <- state$distance
    most <- most_distances[[distance]]
    if (state$max_distance > most) {
        bad_argument("`max_distance` must be ", if (most == 1) "1"
            else if (most == 2) "1 or 2" else paste("1 to", most),
            " with `distance = \"", distance, "\"`, not ",
            given(state$max_distance))
    }
    if (distance == "tcrdist") {
        check_v_distance_level(state$v_distance, state$v_gene)
        return(invisible())
    }
    for (name in c("v_distance", "weighted")) {
        if (length(state[[name]]) && !isFALSE(state[[name]])) {
            bad_argument("`", name, "` must be left out with `distance = \"",
                distance, "\"`: it is for \"tcrdist\"")
        }
    }
}

by_centroid <- function(state) state$method %in% c("two-step", "faiss")
