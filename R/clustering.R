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

#' Cluster T-cell-receptor repertoires in batches
#'
#' A reference class with the method of clusTCR's batch clustering: train
#' k-means centroids on a sample, hand each sequence of each file to the
#' precluster of its nearest centroid on disk, then load a few preclusters at a
#' time, link neighbours and run Markov clustering. With `method = "mcl"` or
#' `"components"` there is neither sample nor k-means, and the result is that of
#' the whole graph.
#'
#' @section Methods:
#' All of them are described by `Clustering$help("batch_cluster")` and the
#' like.
#' \describe{
#' \item{`batch_precluster(data, name, append = FALSE, replace = FALSE, wait =
#'     10)`}{
#'     Adds a batch: a character vector (or factor), an `AAStringSet`, or a
#'     data.frame (or tibble, or `DataFrame`) with `junction_aa` and, where
#'     there, `v_call`, `j_call`, `locus` and `duplicate_count`; with
#'     `chain = "AB"`, or without `junction_aa`, one with `junction_aa_alpha`
#'     and `junction_aa_beta` (and `v_call_alpha`, ...; `_gamma` and `_delta`
#'     with `chain = "GD"`), or rows with `cell_id` and `locus`, of which
#'     [pairChains()] makes pairs. Of cells, a
#'     `SingleCellExperiment` or Seurat object whose `colData` or `meta.data`
#'     has such columns or scRepertoire's `CTaa` and `CTgene`, or the list of
#'     its `combineTCR()`.
#'     `name` is its sample name (default `"batch 1"`, ...). A name that is
#'     there already is an error of class `clustcr_error_duplicate_batch`,
#'     unless `append` or `replace` is asked for. `wait`: how many seconds to
#'     wait for another process that writes to the store
#'     (`clustcr_error_locked` after that). Returns the object, invisibly.}
#' \item{`batch_precluster_files(files, names = NULL, BPPARAM = NULL, BPREDO =
#'     list(), wait = 10, n_cpus = NULL, ...)`}{Adds a batch for each of
#'     `files`, read by [readRepertoire()], which takes `...` (`format`,
#'     `columns`, `productive`, `cells_only`, `species`); `names` are their
#'     sample names (default: the files', without endings). With `BPPARAM`, a
#'     `BiocParallelParam`, several workers read and precluster at once, and
#'     the store is the same. Nothing is added where a file fails; with that
#'     error's attribute `"result"` as `BPREDO` only what failed is done again.
#'     `n_cpus`: threads of a worker (default: what it was granted). Returns the
#'     object, invisibly.}
#' \item{`batch_cluster(singletons = FALSE, columns = character(),
#'     calc_cluster_matrix = FALSE)`}{Clusters
#'     the next preclusters and returns a data.frame with a row for each of
#'     their distinct receptors that has a neighbour (with `singletons`: for
#'     each): `junction_aa`, with `v_gene` or `j_gene` also `v_call` or
#'     `j_call` at that level, `cluster` (integer, unique over the run),
#'     `precluster` (integer). `columns` adds `"duplicate_count"` (its sum over
#'     all samples), `"samples"` (how many have it), `"sample_counts"`
#'     (`"1:3,4:1"`: three in the first of the samples of `batches()`, one in
#'     the fourth) or `"cluster_id"` (16 characters that depend on the
#'     cluster's members alone). With `calc_cluster_matrix` the attribute
#'     `"cluster_matrix"` is a sparse matrix of these clusters: a row for each
#'     sample, a column for each cluster, the receptors of the cluster that are
#'     in the sample. `NULL` after the last. Clusters are ordered by
#'     the size of their connected component, then their own, then
#'     alphabetically (with `borders = "cut"` first by precluster). A clustering
#'     belongs to the batches it began with: others may add batches meanwhile,
#'     and change nothing. Where it stands is committed when the next batch is
#'     asked for, or by `batch_commit()`: a resumed run goes on with the first
#'     batch that was not; one that had ended begins again, without work.}
#' \item{`batch_cluster_matrix(value = "receptors")`}{The same matrix (a
#'     `dgCMatrix`) of all clusters that were handed out since the first, so of
#'     all after the last: read from what is kept, whether or not
#'     `calc_cluster_matrix` was asked for. `value`:
#'     `"receptors"`, `"duplicate_count"` or `"presence"`, see
#'     [clusterMatrix()], which turns clusters into rows and knows more of
#'     them.}
#' \item{`batch_commit()`}{Says that all batches handed out so far are done.}
#' \item{`batch_rewind()`}{Begins again with the first precluster, and with all
#'     batches that are there by then. What was clustered before with the same
#'     settings and batches is read again without work.}
#' \item{`batch_cluster_all(FUN, ..., singletons = FALSE, columns =
#'     character(), rewind = FALSE, calc_cluster_matrix = FALSE, BPPARAM = NULL,
#'     BPREDO = list(), n_cpus = NULL)`}{
#'     Calls `FUN(clusters, ...)` for each data.frame that is left; for all with
#'     `rewind`, and after the last. Returns the number of the last cluster,
#'     invisibly. With `BPPARAM`, a `BiocParallelParam`, workers cluster
#'     and call `FUN`, and what is returned is a list of its values, one for
#'     each data.frame, in their order (`FUN = NULL`: clusters are made and kept
#'     only). An error of `FUN` comes when all else is done; with its attribute
#'     `"result"` as `BPREDO` only what failed is done again. See
#'     `vignette("cluster-engine")`.}
#' \item{`batch_iterator(singletons = FALSE, columns = character(),
#'     calc_cluster_matrix = FALSE)`}{
#'     The same as an iterator for `coro::loop(for (clusters in
#'     clustering$batch_iterator()) ...)`.}
#' \item{`batch_cleanup(wait = 10)`}{Removes the files of the store and of its
#'     clusterings, what [clusterRepertoires()] has put beside them, and nothing
#'     else. Waits `wait` seconds for another process that is at work in it, and
#'     refuses (`clustcr_error_locked`) after that.}
#' \item{`assign_clusters(data)`}{For each receptor of `data` the clusters of
#'     the last clustering that it has neighbours in, as [assignClusters()]
#'     gives them. Changes nothing. `clustcr_error_not_finished` where
#'     clustering has not ended.}
#' \item{`batches()`}{A data.frame of the batches in the store: `name`, `rows`.}
#' \item{`audit(edges = FALSE)`}{A data.frame with a row for each batch:
#'     rows `given` and `accepted`, and skipped as `missing`, `empty`,
#'     `stop_codon`, `out_of_frame`, `lower_case`, `not_amino_acid`,
#'     `too_long`, and where there are any for other reasons (`wrong_chain`,
#'     `missing_chain`, what a reader left out). Of pairs whose chains were rows
#'     of their own, `paired` counts the second rows, so that rows given are
#'     rows accepted, skipped and paired. Its attribute `"receptors"` is
#'     a list of what became of them: `rows` accepted, `occurrences` (receptors
#'     counted once in each sample), distinct `receptors`, of these `clustered`
#'     and `without_neighbour`, and `clusters`; those that are not known before
#'     clustering are `NA`. With `edges`, its attribute `"edges"` is what
#'     `edges()` gives.}
#' \item{`edges()`}{A list of the `edges` of the whole graph of neighbours, the
#'     `edges_kept` by clustering, `share_kept`, and the `divided_sequences` of
#'     components that were too large for `memory_limit` (with `divide`).}
#' \item{`fit(data, singletons = FALSE, columns = character())`}{Clusters `data`
#'     in memory and returns a [ClusteringResult], a [RepertoireClusters] in
#'     memory. Trains on `data` where the
#'     method needs centroids and the object has none.}
#' }
#'
#' @section Fields:
#' The arguments, under their names. `n_cpus`, `memory_limit`, `invalid`,
#' `borders`, `mcl_params`, `missing_genes`, `distance`, `max_distance` and
#' `divide` can be changed (a clustering under way must be rewound then); the
#' others are fixed.
#' `centroids` is a matrix with a column for each centroid, `next_unit` and
#' `next_cluster` say where clustering stands.
#'
#' @section Several processes:
#' Any number of objects and processes may use one store. Batches are written by
#' one at a time; the others wait. A clustering works on a snapshot of the
#' batches, in a folder of its own (`runs/`) for each snapshot and each set of
#' settings. An object that opens a store while another process is at work on
#' the same clustering begins with its first unit, and takes up what is done. A
#' store that was removed, or made anew, since an object opened it is
#' `clustcr_error_gone`.
#'
#' @section Errors:
#' Of class `clustcr_error` and, in front of it: `_invalid_argument`,
#' `_invalid_sequence`, `_no_batches`, `_duplicate_batch`,
#' `_clustering_begun`, `_exists`, `_locked`, `_gone`, `_damaged`, `_missing`,
#' `_foreign`, `_older_format`, `_newer_format`, `_disk_full`, `_io`, `_memory`,
#' `_too_many`; [clustcr_conditions] says what each means.
#'
#' @param method `"two-step"` (default: k-means, then MCL in each precluster),
#'     `"mcl"` (MCL on the whole graph), `"components"` (its connected
#'     components, without MCL) or `"faiss"` (k-means alone: each precluster is
#'     a cluster). `"mcl"` and `"components"` need no `faiss_training_data`;
#'     in batches their store is divided by a hash of the sequence.
#' @param chain The locus that the sequences are of, `"TRA"`, `"TRB"` (default),
#'     `"TRG"` or `"TRD"` (short `"A"`, `"B"`, `"G"`, `"D"`): rows of data whose
#'     `locus`, or else J or V gene, says another are skipped and counted as
#'     `wrong_chain` (a V gene of alpha and delta, TRAV29/DV5, is of either
#'     where there is no J gene). `c("TRA", "TRB")` or `c("TRG", "TRD")` (short
#'     `"AB"`, `"GD"`): pairs, compared over both chains together (with `method`
#'     `"mcl"` or `"components"`). Where it is not given and all rows of the
#'     first data that tell a locus tell the same other one, it is that, and a
#'     message says so. The field `chain` has the short form.
#' @param n_cpus Threads: a count (default 1), or `"all"`. No result depends on
#'     it.
#' @param faiss_cluster_size Sequences a precluster should have on average, 1 or
#'     more (default 5000). Larger preclusters lose fewer links at their
#'     borders and take longer.
#' @param mcl_params `c(inflation, expansion)` of MCL (default `c(1.2, 2)`), or
#'     with these names in any order: inflation above 1 (larger gives smaller
#'     clusters), expansion a whole number from 2 to 100. `inflation = 2`, or
#'     `expansion = `, may be given in its place: the other is the default.
#' @param faiss_training_data The sample to train on: a character vector, a
#'     `Biostrings::AAStringSet`, or a data.frame with `junction_aa`. See
#'     [recommendedTrainingSize()]. It must have at least as many distinct valid
#'     sequences as there will be centroids.
#' @param fitting_data_size How many sequences will be clustered in all;
#'     `max(1, fitting_data_size %/% faiss_cluster_size)` centroids are trained.
#'     Default: the size of the sample.
#' @param max_sequence_size The longest sequence (of each chain) that will come,
#'     in residues, 1 to 1000; longer ones are skipped. Default: the longest of
#'     the sample; 1000 where there is none.
#' @param seed A whole number (default 42): the source of all randomness (the
#'     draw of training sequences and k-means' start).
#' @param directory Where preclusters are kept. Default: a folder of this
#'     object's own under `tempdir()`, made when first needed. A directory that
#'     holds a store, given without `faiss_training_data`, is resumed: with the
#'     parameters it was made with, which can't be given otherwise, and where
#'     clustering stood, unless settings of clustering are given that differ.
#' @param memory_limit Roughly what one `batch_cluster()` may take, in bytes or
#'     as text (default `"2GB"`, `"512MiB"` and the like; powers of 1024): fewer
#'     preclusters are loaded at a time, one at least. Of a connected component
#'     that needs more (about 2.2 kB a sequence, so one of over 970,000 with the
#'     default, as there is in more than 5 million real sequences) the flow
#'     matrices lie in files.
#' @param divide With `borders = "join"`: `TRUE` divides a connected component
#'     that needs more than `memory_limit` along preclusters, and `edges()` says
#'     what that loses. Default: `FALSE`, all components stay whole.
#' @param invalid What to do with a sequence that can't be clustered (`NA`,
#'     empty, a stop codon `*`, out of frame `_`, lower case, anything but the
#'     20 amino acids, or longer than `max_sequence_size`): `"skip"` (default)
#'     counts it (see `audit()`) and says so once; `"error"` stops before
#'     anything is written.
#' @param borders With `method = "two-step"`, what to do with links that cross
#'     the borders of preclusters. `"join"` (default since 0.2.0) finds them all
#'     and clusters whole connected components: the result is that of MCL on the
#'     whole graph, whatever the batches, their order, the training sample and
#'     `faiss_cluster_size`. `"cut"` is the published method: preclusters are
#'     clustered by themselves, and links between them are lost (10 to 31 % on
#'     real repertoires, more the more there are). `"join"` takes 1.3 times (of
#'     245,000 real sequences) to 2.0 times (of a million) as long.
#' @param v_gene,j_gene Whether neighbours must have the same V or J gene:
#'     `"none"` (default, as published), or the same `"family"` (`TRBV6`),
#'     `"gene"` (`TRBV6-2`) or `"allele"` (`TRBV6-2*01`). Names are compared in
#'     IMGT's form; one that leaves a choice (`TRBV6-2/6-3`) equals the same
#'     choice only.
#' @param missing_genes Receptors without a gene that counts: `"group"`
#'     (default: neighbours of others without it) or `"none"` (they have no
#'     neighbours).
#' @param missing_chain Of pairs, receptors with one chain only:
#'     `"skip"` (default; counted) or `"cluster"` (neighbours of others that
#'     lack the same chain).
#' @param distance,max_distance Neighbours are at `"hamming"` distance (default)
#'     1 or 2, or at `"levenshtein"` distance 1 (one residue more or less, or
#'     another one).
#' @param work_directory A folder for the files of clusterings, where that of
#'     the store can't be written to. Default: `runs/` in `directory`.
#'
#' @param ... Nothing: an argument that is not among these is an error.
#'
#' @references Valkiers, Van Houcke, Laukens, Meysman (2021) ClusTCR: a Python
#'     interface for rapid clustering of large sets of CDR3 sequences with
#'     unknown antigen specificity. Bioinformatics 37:4865.
#' @seealso [readCdr3()], [recommendedTrainingSize()], [markovClustering()],
#'     [neighborGraph()]; `vignette("clustcr")`.
#' @return An object of reference class `Clustering`.
#' @name Clustering
#' @aliases Clustering-class
#' @usage Clustering(method = "two-step", chain = "B", n_cpus = 1,
#'     faiss_cluster_size = 5000, mcl_params = c(1.2, 2),
#'     faiss_training_data = NULL, fitting_data_size = NULL,
#'     max_sequence_size = NULL, seed = 42, directory = NULL,
#'     memory_limit = "2GB", invalid = "skip", borders = "join",
#'     v_gene = "none", j_gene = "none", missing_genes = "group",
#'     missing_chain = "skip", distance = "hamming", max_distance = 1,
#'     divide = FALSE, work_directory = NULL, ...)
#' @export Clustering
#' @exportClass Clustering
#' @examples
#' files <- list.files(
#'     system.file("extdata", "cohort", package = "clustcr"), "tsv[.]gz$",
#'     full.names = TRUE
#' )
#' clustering <- Clustering(method = "mcl")
#' for (file in files) {
#'     clustering$batch_precluster(readCdr3(file), name = basename(file))
#' }
#' while (!is.null(clusters <- clustering$batch_cluster())) {
#'     print(head(clusters))
#' }
#' clustering$audit()
#' clustering$batch_cleanup()
#'
#' # The published method: a sample, k-means, and MCL in each precluster.
#' clustering <- Clustering(
#'     faiss_training_data = readCdr3(files[1]), fitting_data_size = 40000,
#'     max_sequence_size = 32
#' )
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
        assign_clusters = function(data) {
            "The stored clusters that receptors of `data` have neighbours in;
            see ?assignClusters."
            assign_by_clustering(.self, data)
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
                           divide = FALSE, work_directory = NULL, ...) {
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

#' @rdname Clustering
#' @param object A `Clustering` object.
#' @export
setMethod("show", "Clustering", function(object) show_clustering(object))

# What is offered when a name is completed: methods and arguments, not the
# insides of a reference class.
#' @rawNamespace S3method(utils::.DollarNames,Clustering)
.DollarNames.Clustering <- function(x, pattern = "") {
    methods <- c("batch_precluster", "batch_precluster_files", "batch_cluster",
        "batch_cluster_matrix", "batch_commit",
        "batch_rewind", "batch_cluster_all", "batch_iterator",
        "batch_cleanup", "assign_clusters", "batches", "audit", "edges",
        "fit", "copy")
    fields <- c(parameters_of(level = clustering_levels), standing_fields)
    grep(pattern, c(paste0(methods, "("), fields), value = TRUE)
}
