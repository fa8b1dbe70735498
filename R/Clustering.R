#' Cluster T-cell-receptor repertoires in batches
#'
#' A reference class with the method of clusTCR's batch clustering: train
#' k-means centroids on a sample, hand each sequence of each file to the
#' precluster of its nearest centroid on disk, then load a few preclusters at a
#' time, link sequences at Hamming distance 1 and run Markov clustering.
#'
#' @section Arguments:
#' `Clustering(...)` takes these, all of them optional:
#' \describe{
#' \item{`method`}{
#'     `"two-step"` (default: k-means, then MCL in each precluster), `"mcl"`
#'     (MCL on the whole graph; `fit()` only) or `"faiss"` (k-means alone: each
#'     precluster is a cluster).}
#' \item{`chain`}{
#'     `"A"` or `"B"` (default): which chain the sequences are of. Kept with the
#'     results; both are treated alike.}
#' \item{`n_cpus`}{
#'     Threads: a count (default 1), or `"all"`. No result depends on it.}
#' \item{`faiss_cluster_size`}{
#'     Sequences a precluster should have on average, 1 or more (default 5000).
#'     Larger preclusters lose fewer links at their borders and take longer.}
#' \item{`mcl_params`}{
#'     `c(inflation, expansion)` of MCL (default `c(1.2, 2)`): inflation above 1
#'     (larger gives smaller clusters), expansion a whole number of 2 or more.}
#' \item{`faiss_training_data`}{
#'     The sample to train on: a character vector, a `Biostrings::AAStringSet`,
#'     or a data.frame with `junction_aa`. See [recommendedTrainingSize()]. It
#'     must have at least as many distinct valid sequences as there will be
#'     centroids. Without it, only `fit()` works.}
#' \item{`fitting_data_size`}{
#'     How many sequences will be clustered in all; `max(1, fitting_data_size
#'     %/% faiss_cluster_size)` centroids are trained. Default: the size of the
#'     sample.}
#' \item{`max_sequence_size`}{
#'     The longest sequence that will come, in residues, 1 to 1000; longer ones
#'     are skipped. Default: the longest of the sample.}
#' \item{`seed`}{
#'     A whole number (default 42): the source of all randomness (the draw of
#'     training sequences and k-means' start).}
#' \item{`directory`}{
#'     Where preclusters are kept. Default: a folder of this object's own under
#'     `tempdir()`, made when first needed. A directory that holds a run, given
#'     without `faiss_training_data`, is resumed with the parameters it was made
#'     with.}
#' \item{`memory_limit`}{
#'     Roughly what one `batch_cluster()` may take, in bytes or as text (default
#'     `"2GB"`): fewer preclusters are loaded at a time, one at least. With
#'     `borders = "join"` a connected component that needs more (about 2.2 kB a
#'     sequence, so one of over 970,000 with the default, as there is in more
#'     than 5 million real sequences) is divided along preclusters, and
#'     `audit(edges = TRUE)` says so.}
#' \item{`invalid`}{
#'     What to do with a sequence that can't be clustered (`NA`, empty, a stop
#'     codon `*`, out of frame `_`, lower case, anything but the 20 amino acids,
#'     or longer than `max_sequence_size`): `"skip"` (default) counts it (see
#'     `audit()`) and says so once; `"error"` stops before anything is written.}
#' \item{`borders`}{
#'     What to do with links that cross the borders of preclusters. `"cut"` (the
#'     default) is the published method: preclusters are clustered by
#'     themselves, and links between them are lost (10 to 31 % on real
#'     repertoires, more the more there are). `"join"` finds them all and
#'     clusters whole connected components: the result is that of MCL on the
#'     whole graph, whatever the batches, their order, the training sample and
#'     `faiss_cluster_size`. It takes 1.6 times (of 245,000 real sequences) to
#'     2.4 times (of a million) as long.}
#' }
#'
#' @section Methods:
#' \describe{
#' \item{`batch_precluster(data, name, append = FALSE, replace = FALSE)`}{
#'     Adds a batch: a character vector, an `AAStringSet`, or a data.frame with
#'     `junction_aa` (and, where there, `v_call` and `duplicate_count`). `name`
#'     is its sample name (default `"batch 1"`, ...). A name that is there
#'     already is an error of class `clustcr_error_duplicate_batch`, unless
#'     `append` or `replace` is asked for. Returns the object, invisibly.}
#' \item{`batch_cluster(singletons = FALSE)`}{Clusters the next preclusters and
#'     returns a data.frame with a row for each of their distinct sequences
#'     that has a neighbour (with `singletons`: for each): `junction_aa`,
#'     `cluster` (integer, unique over the run), `precluster` (integer).
#'     `NULL` after the last. Clusters are ordered by the size of their
#'     connected component, then their own, then alphabetically (with
#'     `borders = "cut"` first by precluster). Where clustering stands is
#'     committed when the next batch is asked for: a resumed run goes on with
#'     the first batch that was not.}
#' \item{`batch_rewind()`}{Begins again with the first precluster.}
#' \item{`batch_cluster_all(FUN, ..., singletons = FALSE)`}{Calls
#'     `FUN(clusters, ...)` for each data.frame; returns the number of
#'     clusters, invisibly. Starts from the first precluster.}
#' \item{`batch_iterator(singletons = FALSE)`}{The same as an iterator for
#'     `coro::loop(for (clusters in clustering$batch_iterator()) ...)`.}
#' \item{`batch_cleanup()`}{Removes the files this run has written, and nothing
#'     else.}
#' \item{`batches()`}{A data.frame of the batches in the store: `name`, `rows`.}
#' \item{`audit(edges = FALSE)`}{A data.frame with a row for each batch:
#'     sequences `given` and `accepted`, and skipped as `missing`, `empty`,
#'     `stop_codon`, `out_of_frame`, `lower_case`, `not_amino_acid`,
#'     `too_long`. With `edges`, its attribute `"edges"` is a list of the
#'     `edges` of the whole Hamming-1 graph, the `edges_kept` by clustering,
#'     `share_kept`, and the `divided_sequences` of components that were too
#'     large for `memory_limit` to stay whole.}
#' \item{`fit(data, singletons = FALSE)`}{Clusters `data` in memory and returns
#'     a [ClusteringResult]. Trains on `data` where the object has no
#'     centroids.}
#' }
#'
#' @references Valkiers, Van Houcke, Laukens, Meysman (2021) ClusTCR: a Python
#'     interface for rapid clustering of large sets of CDR3 sequences with
#'     unknown antigen specificity. Bioinformatics 37:4865.
#' @aliases Clustering
#' @export Clustering
#' @exportClass Clustering
#' @examples
#' files <- list.files(
#'     system.file("extdata", "cohort", package = "clustcr"), "tsv[.]gz$",
#'     full.names = TRUE
#' )
#' sample <- readCdr3(files[1])
#' clustering <- Clustering(
#'     faiss_training_data = sample, fitting_data_size = 40000,
#'     max_sequence_size = 32
#' )
#' for (file in files) {
#'     clustering$batch_precluster(readCdr3(file), name = basename(file))
#' }
#' while (!is.null(clusters <- clustering$batch_cluster())) {
#'     print(head(clusters))
#' }
#' clustering$audit()
#' clustering$batch_cleanup()
Clustering <- setRefClass("Clustering",
    fields = list(
        method = "character", chain = "character", n_cpus = "ANY",
        faiss_cluster_size = "numeric", mcl_params = "numeric",
        fitting_data_size = "numeric", max_sequence_size = "numeric",
        seed = "numeric", directory = "character", memory_limit = "ANY",
        invalid = "character", borders = "character",
        # A column for each centroid; none before training.
        centroids = "matrix",
        # Where batch_cluster() stands: the next unit of work (a precluster or,
        # with `borders = "join"`, a unit of whole components) and the number
        # of its first cluster; `mode` is what the units so far were done with.
        next_unit = "numeric", next_cluster = "numeric", mode = "character",
        # The external pointer and what else ends with the session.
        handle = "environment"
    ),
    methods = list(
        initialize = function(method = "two-step", chain = "B", n_cpus = 1,
                              faiss_cluster_size = 5000,
                              mcl_params = c(1.2, 2),
                              faiss_training_data = NULL,
                              fitting_data_size = NULL,
                              max_sequence_size = NULL, seed = 42,
                              directory = NULL, memory_limit = "2GB",
                              invalid = "skip", borders = "cut", ...) {
            initFields(...)
            initialize_clustering(.self, mget(setdiff(
                names(formals(sys.function())), "..."
            )))
        },
        batch_precluster = function(data, name = NULL, append = FALSE,
                                    replace = FALSE) {
            precluster_batch(.self, data, name, append, replace)
            invisible(.self)
        },
        batch_cluster = function(singletons = FALSE) {
            cluster_batch(.self, singletons)
        },
        batch_rewind = function() {
            rewind_run(.self)
            invisible(.self)
        },
        batch_cluster_all = function(FUN, ..., singletons = FALSE) {
            cluster_all(.self, match.fun(FUN), ..., singletons = singletons)
        },
        batch_iterator = function(singletons = FALSE) {
            cluster_iterator(.self, singletons)
        },
        batch_cleanup = function() {
            cleanup_run(.self)
            invisible(.self)
        },
        batches = function() {
            batches <- cpp_store_batches(run_pointer(.self))
            data.frame(name = batches$name, rows = batches$rows)
        },
        audit = function(edges = FALSE) {
            audit_run(.self, edges)
        },
        fit = function(data, singletons = FALSE) {
            fit_clustering(.self, data, singletons)
        }
    )
)

#' @rdname Clustering-class
#' @param object A `Clustering` object.
#' @export
setMethod("show", "Clustering", function(object) show_clustering(object))
