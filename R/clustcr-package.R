#' clustcr: batch clustering of T-cell-receptor repertoires
#'
#' Clusters T-cell receptors that do not fit in memory: receptors that differ by
#' one residue are linked, and Markov clustering (MCL) or connected components
#' of the links give the clusters, a batch at a time, from files on disk. Start
#' with `vignette("clustcr")`.
#'
#' @section Reading:
#' [readRepertoire()] reads tables of a dozen formats, whole or in chunks, and
#' [readCdr3()] is its short form; [pairChains()] makes pairs of the chains of a
#' cell; [readAntigenReference()] reads receptors of known antigens.
#'
#' @section Clustering:
#' [clusterRepertoires()] goes from files to clusters in one call, and gives a
#' [RepertoireClusters]: [members()], [samples()], [parameters()], [audit()] and
#' [eachUnit()] ask it for more, [openClusters()] opens it again,
#' [writeClusters()] writes it to a file. Step by step:
#' [Clustering] is the class: `batch_precluster()` and `batch_cluster()` out of
#' core, `fit()` in memory, which gives a [ClusteringResult], a
#' [RepertoireClusters] without files.
#' [recommendedTrainingSize()] says how large a sample k-means wants, and
#' [readPrecluster()] shows what a store holds.
#'
#' @section Parts of it, by themselves:
#' [neighborGraph()] (and [hammingGraph()]) for the links of receptors,
#' [markovClustering()] for any graph, [encodeCdr3()] for the numbers that
#' k-means sees.
#'
#' @section What clusters look like:
#' [clusterSummary()]: size, consensus motif, genes and samples of each.
#' [clusterContents()], [clusterEdges()] and [asIgraph()]: their members and
#' links. [clusterFeatures()]: numbers for classifiers.
#'
#' @section Pictures:
#' [plotMotif()]: sequence logos. [plotNetwork()]: members and links.
#' [plotClusterSizes()]: how large clusters are. [plotClusterMatrix()]: in which
#' samples they are. [plotPublicity()]: in how many. [plotAssociation()]: which
#' go with a phenotype. [plotBorders()]: what borders of preclusters cost.
#' [plotAudit()]: what became of the rows. [plotSettings()]: what settings do.
#'
#' @section What clusters mean:
#' `vignette("cohort-study")` goes through a study.
#' [clusterMatrix()]: in which samples each cluster is.
#' [publicClusters()]: samples, subjects, convergence and genes of each.
#' [associateClusters()]: tests against a phenotype of the samples.
#' [annotateClusters()]: labels of known receptors that match.
#' [annotateCells()]: clusters of single cells, in their own objects.
#' [neighborEnrichment()]: receptors with more neighbours than expected.
#' [assignClusters()]: which of the clusters new receptors have.
#'
#' @section Looking at clusters:
#' [exploreClusters()]: a page to search, sort and look into.
#'
#' @section How good clusters are:
#' [clusterMetrics()]: retention, purity and consistency against known labels.
#' [compareClusterings()]: what two clusterings share. [compareSettings()]:
#' which inflation, genes and distance to take.
#'
#' @section Conditions:
#' Errors and messages have classes: see [clustcr_conditions].
#'
#' @keywords internal
#' @import methods
#' @importFrom Rcpp evalCpp
#' @useDynLib clustcr, .registration = TRUE
"_PACKAGE"
