test_that("a network has members, links, groups and hubs", {
    skip_without("igraph")
    x <- small_clusters()
    plot <- plotNetwork(x, largest = 3, hubs = 2)
    found <- built(plot)
    members <- clusterContents(x, largest = 3)
    edges <- clusterEdges(x, largest = 3)
    expect_setequal(plot$data$junction_aa, members$junction_aa)
    links <- table(factor(c(edges$from, edges$to), plot$data$junction_aa))
    expect_equal(plot$data$links, as.vector(links))
    expect_equal(nrow(found$data[[1]]), nrow(edges))
    # One hub of each cluster before the second of one.
    hubs <- plot$data[nzchar(plot$data$label), ]
    expect_identical(nrow(hubs), 2L)
    expect_identical(anyDuplicated(hubs$cluster), 0L)
    expect_identical(hubs$links, as.vector(tapply(plot$data$links,
        plot$data$cluster, max)[as.character(hubs$cluster)]))
    # The same picture whatever the state of the generator, which it leaves.
    withr::local_seed(7)
    before <- .Random.seed
    again <- plotNetwork(x, largest = 3, hubs = 2)
    expect_identical(again$data$x, plot$data$x)
    expect_identical(.Random.seed, before)
})

test_that("colours are samples, phenotypes, columns or labels", {
    skip_without("igraph")
    x <- small_clusters(2)
    counts <- as.data.frame(x, columns = "sample_counts")
    of <- lapply(strsplit(counts$sample_counts, "[:,]"), function(parts) {
        clusterSamples(x)[as.integer(parts[c(TRUE, FALSE)]), ]
    })
    one <- function(values) {
        vapply(values, function(v) {
            if (length(unique(v)) == 1) as.character(v[1]) else "several"
        }, "")
    }
    check <- function(colour, values) {
        plot <- plotNetwork(x, largest = 4, color = colour, hubs = 0)
        at <- match(plot$data$name, counts$junction_aa)
        expect_identical(as.character(plot$data$group), values[at])
        built(plot)
    }
    check("sample", one(lapply(of, `[[`, "repertoire_id")))
    check("group", one(lapply(of, `[[`, "group")))
    labels <- stats::setNames("flu", counts$junction_aa[1])
    plot <- plotNetwork(x, 1, color = labels)
    expect_identical(levels(plot$data$group), c("flu", "unknown"))
    twice <- c(labels, stats::setNames("cmv", names(labels)))
    expect_true("several" %in% plotNetwork(x, 1, color = twice)$data$group)
    expect_error(plotNetwork(x, 1, color = "height"), "`color`",
        class = "clustcr_error_invalid_argument")
    d <- data.frame(cluster = 1, junction_aa = c("CASF", "CATF"),
        antigen = c("a", NA), repertoire_id = c("s", "t"))
    group <- function(...) as.character(plotNetwork(d, ...)$data$group)
    expect_identical(group(color = "antigen"), c("a", "unknown"))
    expect_identical(group(color = "sample"), c("s", "t"))
})

test_that("many members are thinned, with a note", {
    skip_without("igraph")
    star <- paste0("CA", residues, "F")
    d <- data.frame(
        junction_aa = c(star, paste0("G", star), "CCCCF", "DDDDF"),
        cluster = rep(1:4, c(20, 20, 1, 1))
    )
    plot <- plotNetwork(d, max_nodes = 10)
    expect_identical(as.vector(table(plot$data$cluster)), c(5L, 5L))
    expect_identical(gsub("\n", " ", plot$labels$caption), paste(
        "Drawn are 10 of 42 members, of the largest 2 of 4 clusters: those",
        "with most links"
    ))
    expect_null(plotNetwork(d, max_nodes = 42)$labels$caption)
    # Members without any link are drawn.
    expect_identical(nrow(plotNetwork(d, 3:4)$data), 2L)
    expect_nothing(plotNetwork(d[0, ]), no_cluster)
})

test_that("members of clusters of one are seen", {
    skip_if_not_installed("igraph")
    x <- data.frame(cluster = c(1, 2, 3, 3), junction_aa = c("CASSLGF",
        "CASSPPPF", "CATTRRF", "CATTRQF"))
    for (rows in list(1:2, 1:4)) {
        drawn <- ggplot2::ggplot_build(plotNetwork(x[rows, ]))
        size <- unlist(lapply(drawn$data, function(layer) {
            if (!is.null(layer$size) && !is.null(layer$shape)) layer$size
        }))
        expect_length(size, length(rows))
        expect_true(all(size > 1))
    }
})
