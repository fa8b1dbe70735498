# Names of before 0.3.0 say so, and give what the new ones give.

old <- "clustcr_warning_deprecated"

# What an expression gives, and that it warned once.
as_before <- function(expression) {
    expect_warning(value <- expression, class = old)
    value
}

rows <- function() {
    data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF",
            "CASRRGSEAFF"),
        cluster = c(1, 1, 2, 2), repertoire_id = c("a", "b", "a", "a")
    )
}
sheet <- data.frame(repertoire_id = c("a", "b"), group = c("case", "control"))

test_that("arguments work by their old names", {
    d <- rows()
    labels <- data.frame(junction_aa = d$junction_aa, label = "x")
    same <- function(new, old) expect_equal(as_before(old), new)
    same(clusterMatrix(d, as = "matrix", samples = sheet),
        clusterMatrix(d, as = "matrix", sample_data = sheet))
    four <- cbind(d[rep(1:4, 2), -3], repertoire_id = letters[1:4])
    ill <- data.frame(repertoire_id = letters[1:4], ill = c(0, 1, 0, 1))
    same(associateClusters(four, "ill", samples = ill, min_samples = 1),
        associateClusters(four, "ill", sample_data = ill, min_samples = 1))
    genes <- cbind(d, v_call = "TRBV1*01")
    named <- cbind(labels, v_call = "TRBV1*02")
    same(clusterMetrics(genes, named, v_gene = "gene"),
        clusterMetrics(genes, named, by = c("junction_aa", "v_call")))
    same(compareClusterings(genes, genes, v_gene = "gene"),
        compareClusterings(genes, genes, by = c("junction_aa", "v_call")))
    same(publicClusters(d, subject = "group", samples = sheet),
        publicClusters(d, subject = "group", sample_data = sheet))
    same(annotateClusters(d, labels, max_distance = 0),
        annotateClusters(d, labels, distance = 0))
    same(annotateClusters(d, labels), annotateClusters(clusters = d, labels))
    same(clusterMetrics(d, labels), clusterMetrics(clusters = d, labels))
    m <- clusterMatrix(d, as = "matrix")
    same(publicClusters(d, m), publicClusters(clusters = d, x = m))
    with_genes <- cbind(d, v_call = "TRBV9")
    genes <- cbind(labels, v_call = "TRBV9")
    same(annotateClusters(with_genes, genes, v_gene = "gene"),
        annotateClusters(with_genes, genes, v_gene = TRUE))
})

test_that("pictures take their old arguments", {
    skip_if_not_installed("ggplot2")
    skip_if_not_installed("igraph")
    d <- rows()
    drawn <- function(plot) plot$data
    expect_equal(drawn(as_before(plotNetwork(d, colour = "sample"))),
        drawn(plotNetwork(d, color = "sample")))
    expect_equal(drawn(as_before(plotClusterMatrix(d, phenotype = "group",
        sample_data = sheet))),
        drawn(plotClusterMatrix(d, phenotype = "group", samples = sheet)))
    audit <- data.frame(name = c("a", "b"), given = 3, accepted = c(2, 3),
        empty = c(1, 0))
    expect_equal(drawn(as_before(plotAudit(audit))),
        drawn(plotAudit(stats::setNames(audit, c("repertoire_id",
            names(audit)[-1])))))
    expect_equal(drawn(as_before(plotPublicity(d, by = "samples"))),
        drawn(plotPublicity(d, unit = "samples")))
})

test_that("columns work by their old names", {
    about <- clusterSummary(rows())
    expect_identical(as_before(about$samples), about$n_samples)
    expect_identical(as_before(about[["samples"]]), about$n_samples)
    expect_null(about$nonsense)
    run <- Clustering(method = "mcl")
    run$batch_precluster(rows()$junction_aa, name = "one")
    expect_identical(as_before(run$batches()$name), "one")
    expect_identical(as_before(run$audit()$name), "one")
    found <- as_before(run$batch_cluster(columns = "samples"))
    expect_identical(found$samples, rep(1L, 4))
    fitted <- Clustering(method = "mcl")$fit(rows()$junction_aa)
    expect_identical(as_before(fitted$sequences), fitted$receptors)
    expect_identical(names(as_before(as.data.frame(fitted,
        columns = "samples"))), c("junction_aa", "cluster", "precluster",
            "samples"))
})

test_that("functions work by their old names", {
    x <- Clustering(method = "mcl")$fit(rows())
    expect_equal(as_before(members(x, 1)), clusterMembers(x, 1))
    expect_equal(as_before(parameters(x)), clusterParameters(x))
    expect_equal(as_before(samples(x)), clusterSamples(x))
    expect_equal(as_before(audit(x)), clusterAudit(x))
})

test_that("a function is called by its name, however it is called", {
    d <- cbind(rows()[1:2], repertoire_id = "a")
    for (call in list(
        quote(clusterMatrix(d, as = "matrix", sample_data = sheet[1, ])),
        quote(clustcr::clusterMatrix(d, as = "matrix",
            sample_data = sheet[1, ])),
        quote(do.call(clusterMatrix, list(d, as = "matrix",
            sample_data = sheet[1, ]))),
        quote(lapply(list(d), clusterMatrix, as = "matrix",
            sample_data = sheet[1, ]))
    )) {
        expect_warning(eval(call), "^`sample_data` of `clusterMatrix\\(\\)` is",
            class = old)
    }
    expect_error(do.call(clusterMatrix, list(d, nonsense = 1)),
        "^`clusterMatrix\\(\\)` has no argument `nonsense`",
        class = "clustcr_error_invalid_argument")
})

test_that("the beginning of a column's name is enough, as of a data.frame", {
    about <- clusterSummary(rows())
    expect_identical(about$dupl, about$duplicate_count)
    expect_identical(about$clus, about$cluster)
})

test_that("what is no name at all is an error that tells the nearest", {
    expect_error(clusterMatrix(rows(), sampels = sheet), "`samples`",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterMetrics(rows(), rows(), sed = 1), "`seed`",
        class = "clustcr_error_invalid_argument")
    expect_error(publicClusters(rows(), NULL, NULL, NULL, NULL, 1), "name",
        class = "clustcr_error_invalid_argument")
})
