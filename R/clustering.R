# The function behind a field, for setRefClass(): called without a value to
# read it, with one to change it.
field_accessor <- function(name) {
    eval(substitute(
        function(value) {
            if (missing(value)) state[[NAME]]
            else set_field(.self, NAME, value)
        },
        list(NAME = name)
    ), list(), asNamespace("clustcr"))
}

# Cluster T-cell-receptor repertoires in batches: man/Clustering.Rd.
clustering_generator <- setRefClass("Clustering",
    fields = c(
        list(
            state = "environment",
            # The external pointer and what else ends with the session.
            handle = "environment"
        ),
        sapply(c(parameters_of(level = clustering_levels), standing_fields),
            field_accessor)
    ),
    methods = list(
        initialize = function(...) {
            state <<- new.env(parent = emptyenv())
            handle <<- new.env(parent = emptyenv())
            initialize_clustering(.self, list(...))
        },
        batch_precluster = function(data, name = NULL, append = FALSE,
                                    replace = FALSE, wait = 10) {
            "Adds the sequences of `data` as a batch; see ?Clustering."
            precluster_data(.self, data, name, append, replace, wait)
            invisible(.self)
        },
        batch_precluster_files = function(files, names = NULL, BPPARAM = NULL,
                                          BPREDO = list(), wait = 10,
                                          n_cpus = NULL, ...) {
            "Adds a batch for each of `files`, several at once with BPPARAM;
            see ?Clustering."
            precluster_files(.self, files, names, list(...), BPPARAM, BPREDO,
                wait, n_cpus)
            invisible(.self)
        },
        batch_cluster = function(singletons = FALSE, columns = character(),
                                 calc_cluster_matrix = FALSE) {
            "The clusters of the next preclusters as a data.frame; NULL after
            the last. See ?Clustering."
            cluster_batch(.self, singletons, columns, calc_cluster_matrix)
        },
        batch_cluster_matrix = function(value = "receptors") {
            "Samples x clusters handed out so far, as a sparse matrix."
            handed_out_matrix(.self, value)
        },
        batch_commit = function() {
            "Says that all batches handed out so far are done."
            commit_position(.self)
            invisible(.self)
        },
        batch_rewind = function() {
            "Begins again with the first precluster and all batches."
            rewind_clustering(.self)
            invisible(.self)
        },
        batch_cluster_all = function(FUN, ..., singletons = FALSE,
                                     columns = character(), rewind = FALSE,
                                     calc_cluster_matrix = FALSE,
                                     BPPARAM = NULL, BPREDO = list(),
                                     n_cpus = NULL) {
            "Calls FUN(clusters, ...) for each data.frame that is left, or
            with `rewind` for all; the last cluster's number, invisibly. With
            BPPARAM at its workers; the list of FUN's values."
            if (!is.null(BPPARAM)) {
                return(cluster_all_with_workers(
                    .self, if (!is.null(FUN)) match.fun(FUN), list(...),
                    singletons, columns, rewind, calc_cluster_matrix, BPPARAM,
                    BPREDO, n_cpus
                ))
            }
            cluster_all(.self, match.fun(FUN), ..., singletons = singletons,
                columns = columns, rewind = rewind,
                with_matrix = calc_cluster_matrix)
        },
        batch_iterator = function(singletons = FALSE, columns = character(),
                                  calc_cluster_matrix = FALSE) {
            "An iterator over the data.frames for coro::loop()."
            cluster_iterator(.self, singletons, columns, calc_cluster_matrix)
        },
        batch_cleanup = function(wait = 10) {
            "Removes the store and its clusterings, and nothing else."
            cleanup_store(.self, wait)
            invisible(.self)
        },
        assign_clusters = function(data, by = "receptor") {
            "The stored clusters that receptors of `data` have neighbors in;
            see ?assignClusters."
            assign_by_clustering(.self, data, by)
        },
        batches = function() {
            "A data.frame of the batches in the store: name, rows."
            stored_batches(.self)
        },
        audit = function(edges = FALSE) {
            "What became of the rows given, by batch; see ?Clustering."
            audit_clustering(.self, edges)
        },
        edges = function() {
            "How many edges the graph has and clustering keeps, as a list."
            count_edges(.self)
        },
        fit = function(data, singletons = FALSE, columns = character()) {
            "Clusters `data` in memory; returns a ClusteringResult."
            fit_clustering(.self, data, singletons, columns)
        },
        copy = function(shallow = FALSE) {
            "An object of its own on the same store."
            copy_clustering(.self)
        }
    )
)

# Of a reference class the generator has dots only, and prints as one. This one
# is a function with names that can be completed and misspelt ones refused, and
# has what generators have ($new(), $help()).
setClass("ClusteringConstructor", contains = "refObjectGenerator")

setMethod("show", "ClusteringConstructor", function(object) {
    lines <- deparse(args(object@.Data))
    cat(lines[-length(lines)], sep = "\n")
    cat("makes an object of class Clustering; see ?Clustering\n")
})

new_clustering <- function(method = "two-step", chain = "B", n_cpus = 1,
                           faiss_cluster_size = 5000,
                           mcl_params = c(1.2, 2),
                           faiss_training_data = NULL,
                           fitting_data_size = NULL,
                           max_sequence_size = NULL, seed = 42,
                           directory = NULL, memory_limit = "2GB",
                           invalid = "skip", borders = "join",
                           v_gene = "none", j_gene = "none",
                           missing_genes = "group", missing_chain = "skip",
                           distance = "hamming", max_distance = 1,
                           divide = FALSE, work_directory = NULL,
                           ambiguous_genes = "same", v_distance = NULL,
                           weighted = FALSE, ...) {
    more <- refuse_arguments(list(...), "Clustering()",
        c("inflation", "expansion"), named_arguments())
    arguments <- setdiff(as.character(names(match.call())[-1L]), names(more))
    do.call(methods::new, c(
        list("Clustering"), mget(arguments, environment()), more
    ))
}

Clustering <- methods::new("ClusteringConstructor", .Data = new_clustering,
    className = clustering_generator@className,
    package = clustering_generator@package,
    generator = clustering_generator@generator)

setMethod("show", "Clustering", function(object) show_clustering(object))

# What is offered when a name is completed: methods and arguments, not the
# insides of a reference class.
.DollarNames.Clustering <- function(x, pattern = "") {
    methods <- c("batch_precluster", "batch_precluster_files", "batch_cluster",
        "batch_cluster_matrix", "batch_commit",
        "batch_rewind", "batch_cluster_all", "batch_iterator",
        "batch_cleanup", "assign_clusters", "batches", "audit", "edges",
        "fit", "copy")
    fields <- c(parameters_of(level = clustering_levels), standing_fields)
    grep(pattern, c(paste0(methods, "("), fields), value = TRUE)
}
