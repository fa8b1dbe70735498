# The classes of results. Their methods are where their names say; the classes
# must be there before, and files are read in the order of the alphabet.

setClass("Clusters", contains = "VIRTUAL", slots = c(
    # The rule they were made by, where it is known; the sample sheet in the
    # order of the store's samples.
    parameters = "list", samples = "data.frame",
    # Sums over all; clusters and rows of each unit; rows by repertoire.
    counts = "numeric", units = "data.frame", audit = "data.frame",
    # Files that could not be read; seconds and peak memory of the call.
    failed = "data.frame", usage = "numeric",
    # list(numbers) of a part of them, list() of all. Objects of 0.2.0 do not
    # have it: chosen_clusters() reads it.
    chosen = "list"
))

setClass("RepertoireClusters", contains = "Clusters", slots = c(
    directory = "character", store_id = "character", run_id = "character"
))

setClass("ClusteringResult", contains = "Clusters", slots = c(
    # With all of `result_columns`, and which of them were asked for.
    table = "data.frame", columns = "character"
))

# A table of somebody: see as_clusters().
setClass("ClusterTable", contains = "Clusters", slots = c(
    # With all its columns; what tells its clusters apart, if it carries that.
    table = "data.frame", identity = "list"
))
