test_that("links across preclusters are counted", {
    skip_without()
    d <- data.frame(
        junction_aa = c("CASF", "CATF", "CAGF", "GGGF", "GGTF"),
        cluster = c(1, 1, 1, 2, 2), precluster = c(1, 2, 1, 3, 3)
    )
    plot <- plotBorders(d)
    built(plot)
    found <- plot$data
    cell <- function(size, kind, column) {
        found[[column]][found$size == size & found$kind == kind]
    }
    expect_equal(cell("3-5", "lost", "links"), 2)
    expect_equal(cell("3-5", "kept", "links"), 1)
    expect_equal(cell("3-5", "lost", "share"), 2 / 3)
    expect_equal(cell("2", "lost", "links"), 0)
    expect_match(plot$labels$caption, "2 of 4 links .* \\(50 %\\)")
    expect_error(plotBorders(d[1:2]), "`precluster`",
        class = "clustcr_error_invalid_argument")
    expect_nothing(plotBorders(d[0, ]), "no cluster has links")
    expect_nothing(plotBorders(d[c(1, 4), ]), "no cluster has links")
})

test_that("what cut clusters lack is what joined ones would lose", {
    skip_without()
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(3, 300, 5), folder)
    x <- suppressWarnings(cohort_clusters(files, method = "two-step",
        borders = "join", v_gene = "none", faiss_cluster_size = 100))
    edges <- clusterEdges(x)
    table <- as.data.frame(x)
    of <- function(member) table$precluster[match(member, table$junction_aa)]
    lost <- of(edges$from) != of(edges$to)
    found <- plotBorders(x)$data
    expect_gt(sum(lost), 5)
    expect_equal(sum(found$links[found$kind == "lost"]), sum(lost))
    expect_equal(sum(found$links), nrow(edges))
})
