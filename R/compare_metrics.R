#' How well clusters agree with known labels
#'
#' Of receptors whose epitope (or another label) is known: how many are
#' clustered, and how pure the clusters are, against clusters of the same sizes
#' filled at random.
#'
#' The words are those of Valkiers et al. (2021). With \eqn{n_{cl}} the labelled
#' receptors of cluster \eqn{c} with label \eqn{l}, and \eqn{n} their sum:
#'
#' * `retention`: of the labelled receptors, the share that is in a cluster.
#' * `purity`: \eqn{\sum_c \max_l n_{cl} / n}, the share of clustered receptors
#'   that have the most common label of their cluster.
#' * `purity90`: the share of clusters of which 90 % or more have the most
#'   common label.
#' * `consistency`: each label is given one cluster and each cluster one label,
#'   the pair with the largest \eqn{n_{cl}} first (of equal ones the label that
#'   is first in the alphabet, then the first cluster). It is the sum of these
#'   \eqn{n_{cl}} over \eqn{n}: the share of clustered receptors that are right
#'   if every cluster stands for one label and every label for one cluster.
#'
#' And one that is not theirs:
#'
#' * `inverse_purity`: \eqn{\sum_l \max_c n_{cl} / n}, the share of clustered
#'   receptors that are in the cluster where most of their label are (Amigo et
#'   al. 2009). A cluster may be that of several labels, so that one cluster of
#'   everything has 1.
#'
#' The baseline shuffles the clusters among the clustered receptors, which keeps
#' their number and sizes: what purity and consistency come to without any
#' biology. Retention does not change by it. A receptor with several labels
#' counts once with each. Clusters without a labelled receptor do not count.
#'
#' @param clusters The clusters: a data.frame with columns `cluster` and
#'     `junction_aa` (and genes), a row for each receptor; rows with an `NA`
#'     cluster are not in one. Or a [RepertoireClusters] or [ClusteringResult].
#' @param labels What is known: a data.frame with `junction_aa` (and genes; of
#'     clusters of pairs `junction_aa_alpha` and `junction_aa_beta`) and a
#'     column `label`. Rows without a label (`NA`, or `""`) are left out.
#' @param label The name of that column.
#' @param by What a receptor is: `"junction_aa"`, or with `"v_call"` and
#'     `"j_call"` too (at the level of the clusters, or without their alleles),
#'     or `"cell_id"`: not receptors are compared, but cells. `NULL`: by CDR3
#'     and, where clusters were made within V or J genes and both tables name
#'     them, by these at the same level; of a data.frame of clusters, which does
#'     not say how they were made, by CDR3.
#' @param permutations Shuffles of the baseline, 1 or more.
#' @param seed Of the shuffles, a whole number of 0 or more.
#' @return A data.frame with a row for each metric: `metric`, `value` (from 0 to
#'     1; `NaN` where nothing labelled is clustered), and of the shuffles the
#'     mean `baseline` and the standard deviation `baseline_sd`. The attribute
#'     `counts` has the numbers of labelled and of clustered receptors, of
#'     clusters and of labels.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be, or
#' a receptor is in several clusters; `clustcr_error_cells` where one is of
#' pairs and the other of one chain, and not both of cells;
#' `clustcr_error_labels` where no row of `labels` has a label.
#' @seealso [compareSettings()] to choose settings by these,
#'     [compareClusterings()]
#' @references Valkiers et al. (2021) Bioinformatics 37:4865
#'     <doi:10.1093/bioinformatics/btab446>, section on clustering metrics.
#'     Amigo et al. (2009) Inf Retr 12:461 <doi:10.1007/s10791-008-9066-8>.
#' @export
#' @examples
#' known <- data.frame(
#'     junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF",
#'         "CASRRGSEAFF", "CASSVVGTEAFF"),
#'     label = c("A", "A", "B", "A", "B")
#' )
#' clusters <- Clustering(method = "mcl")$fit(known$junction_aa)
#' clusterMetrics(clusters, known)
clusterMetrics <- function(x, labels, label = "label", by = NULL,
                           permutations = 100, seed = 42, ...) {
    renamed <- renamed_call(clusters = "x")
    if (!is.null(renamed)) return(eval(renamed, parent.frame()))
    old_arguments()
    x <- compared_clusters(x, "x")
    clusters <- cluster_rows(x)
    label <- check_string(label, "label")
    labels <- plain_frame(labels)
    if (!is.data.frame(labels)) {
        bad_argument("`labels` must be a data.frame, not ", given(labels))
    }
    labels <- joined_chains(labels)
    check_columns(labels, c(if (!"cell_id" %in% names(labels)) "junction_aa",
        label), "labels")
    keys <- compared_keys(by, list(x = parameters(x), labels = list()),
        list(x = clusters, labels = labels))
    permutations <- check_number(permutations, "permutations", 1, 1e6,
        whole = TRUE)
    seed <- check_number(seed, "seed", 0, .Machine$integer.max, whole = TRUE)

    known <- labelled_receptors(keys$key$labels, labels[[label]])
    place <- unique(data.frame(
        key = keys$key$x, cluster = clusters$cluster
    ))
    refuse_two_clusters(place$key, keys$by)
    cluster <- place$cluster[match(known$key, place$key)]
    receptors <- unique(known$key)
    inside <- receptors[receptors %in% place$key]
    pairs <- known[!is.na(cluster), , drop = FALSE]
    # By their names, whatever the order of the rows.
    own <- match(place$cluster[match(inside, place$key)],
        sort(unique(place$cluster), method = "radix"))
    member <- match(pairs$key, inside)
    kind <- match(pairs$label, sort(unique(pairs$label), method = "radix"))

    value <- label_agreement(own[member], kind)
    shuffled <- with_own_seed(seed, vapply(seq_len(permutations), function(i) {
        label_agreement(own[sample.int(length(own))][member], kind)
    }, value))
    retention <- length(inside) / length(receptors)
    structure(
        data.frame(
            metric = c("retention", names(value)),
            value = c(retention, unname(value)),
            baseline = c(retention, unname(rowMeans(shuffled))),
            baseline_sd = c(0, unname(apply(shuffled, 1L, stats::sd)))
        ),
        counts = c(
            labelled = length(receptors), clustered = length(inside),
            clusters = length(unique(own)), labels = length(unique(known$label))
        )
    )
}

# A row for each label of each receptor.
labelled_receptors <- function(key, label, name = "labels") {
    known <- unique(data.frame(key = key, label = as.character(label)))
    known <- known[!is.na(known$key) & !is.na(known$label) &
        nzchar(known$label), , drop = FALSE]
    if (nrow(known) == 0L) {
        raise_error("labels", paste0(
            "`", name, "` must have a row with a label or more; none of its ",
            length(key), " rows has one"
        ))
    }
    known
}

refuse_two_clusters <- function(key, by) {
    twice <- key[duplicated(key)]
    if (length(twice)) {
        bad_argument(
            "`clusters` must have each receptor in one cluster; ",
            name_some(unique(twice)), if (length(unique(twice)) == 1L) " is"
            else " are", " in several",
            if (!"v_call" %in% by) " (genes may tell them apart: see `by`)"
        )
    }
}

# `cluster` and `kind` of each pair of a receptor and a label, from 1.
label_agreement <- function(cluster, kind) {
    # Pairs as one number each, counted.
    pair <- (cluster - 1) * max(kind, 0) + kind
    pairs <- unique(pair)
    count <- tabulate(match(pair, pairs), length(pairs))
    of_cluster <- (pairs - 1) %/% max(kind, 1)
    of_kind <- (pairs - 1) %% max(kind, 1)
    most <- largest_by(count, of_cluster)
    size <- as.vector(rowsum(count, of_cluster))
    n <- length(cluster)
    c(
        purity = sum(most) / n, purity90 = mean(most / size >= 0.9),
        consistency = one_to_one(count, of_cluster, of_kind) / n,
        inverse_purity = sum(largest_by(count, of_kind)) / n
    )
}

# The sum of the counts of pairs of a cluster and a kind, the largest first,
# neither twice.
one_to_one <- function(count, cluster, kind) {
    left <- order(-count, kind, cluster)
    sum <- 0
    # What is before all others of its cluster and of its kind is taken whatever
    # comes, so that a round takes many.
    while (length(left)) {
        first <- !duplicated(cluster[left]) & !duplicated(kind[left])
        taken <- left[first]
        sum <- sum + sum(count[taken])
        left <- left[!cluster[left] %in% cluster[taken] &
            !kind[left] %in% kind[taken]]
    }
    sum
}

# The largest value of each group, groups in ascending order.
largest_by <- function(value, group) {
    order <- order(group, -value)
    value[order][!duplicated(group[order])]
}
