# The classes of results. Their methods are where their names say; the classes
# must be there before, and files are read in the order of the alphabet.

#' @rdname RepertoireClusters
#' @exportClass RepertoireClusters
setClass("RepertoireClusters", slots = c(
    directory = "character", store_id = "character", run_id = "character",
    # Of the call, the sample sheet in the order of the store's samples.
    parameters = "list", samples = "data.frame",
    # Sums over all; clusters and rows of each unit; rows by repertoire.
    counts = "numeric", units = "data.frame", audit = "data.frame",
    # Files that could not be read; seconds and peak memory of the call.
    failed = "data.frame", usage = "numeric"
))

#' @rdname ClusteringResult
#' @exportClass ClusteringResult
setClass("ClusteringResult", contains = "RepertoireClusters", slots = c(
    # With all of `result_columns`, and which of them were asked for.
    table = "data.frame", columns = "character"
))
