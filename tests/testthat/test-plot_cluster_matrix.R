test_that("cells are shares, receptors or counts", {
    skip_without()
    x <- small_clusters()
    rows <- do.call(rbind, lapply(seq_len(length(x)),
        clusterMembers, x = x))
    chosen <- c(3, 1)
    cell <- function(cluster, sample, value) {
        own <- rows[rows$cluster == cluster, ]
        here <- own[own$repertoire_id == sample, ]
        switch(value, receptors = nrow(here),
            share = nrow(here) / length(unique(own$junction_aa)),
            duplicate_count = sum(here$duplicate_count))
    }
    for (value in c("share", "receptors", "duplicate_count")) {
        plot <- plotClusterMatrix(x, chosen, value = value, motifs = FALSE)
        built(plot)
        for (i in seq_len(nrow(plot$data))) {
            expect_equal(plot$data$value[i], cell(plot$data$cluster[i],
                plot$data$sample[i], value))
        }
        # The same of the rows as a data.frame.
        expect_equal(plotClusterMatrix(rows, chosen, value = value,
            motifs = FALSE)$data, plot$data)
    }
    expect_identical(plot$data$y, rep(c(2, 1), 4))
    named <- plotClusterMatrix(x, 3)$data$cluster[1]
    about <- clusterSummary(x)[3, ]
    expect_identical(named, paste0("3: ", about$motif, " (", about$size, ")"))
})

test_that("samples are ordered by phenotype, with a bar for each", {
    skip_without()
    x <- small_clusters()
    plot <- plotClusterMatrix(x, 1:2, phenotype = c("group", "age"))
    found <- built(plot)
    order <- unique(plot$data$sample[order(plot$data$x)])
    expect_identical(order, c("a", "c", "b", "d"))
    bars <- plot$layers[[3]]$data
    expect_identical(as.character(bars$group), c("group: ill", "group: ill",
        "group: well", "group: well", "age: 30", "age: 52", "age: 41",
        "age: 63"))
    expect_length(unique(found$data[[3]]$colour), 6)
    sheet <- data.frame(repertoire_id = letters[4:1], site = c("x", NA, "x",
        "y"))
    order <- plotClusterMatrix(x, 1, phenotype = "site", samples = sheet)
    expect_identical(order$data$sample[order(order$data$x)],
        c("b", "d", "a", "c"))
    expect_error(plotClusterMatrix(x, 1, phenotype = "height"),
        "\"height\" is none", class = "clustcr_error_invalid_argument")
    expect_error(plotClusterMatrix(x, 1, samples = sheet[1:2, ]),
        class = "clustcr_error_samples")
})

test_that("above 12 samples there are no numbers, above 30 no names", {
    skip_without()
    m <- matrix(as.numeric(1:120), 2, dimnames = list(c("p", "q"), NULL))
    texts <- function(plot) {
        sum(vapply(plot$layers, function(layer) {
            inherits(layer$geom, "GeomText")
        }, NA))
    }
    expect_identical(texts(plotClusterMatrix(m[, 1:12])), 1L)
    expect_identical(texts(plotClusterMatrix(m[, 1:13])), 0L)
    expect_identical(texts(plotClusterMatrix(m[, 1:13], numbers = TRUE)), 1L)
    plot <- plotClusterMatrix(m[, 1:30])
    built(plot)
    expect_identical(plot$labels$x, "Sample")
    # Row q has the larger sum.
    expect_identical(unique(plot$data$cluster[plot$data$y == 2]), "q")
    plot <- plotClusterMatrix(m)
    built(plot)
    expect_identical(plot$labels$x, "60 samples")
    expect_identical(plotClusterMatrix(m, "p")$data$value, m["p", ],
        ignore_attr = TRUE)
    expect_error(plotClusterMatrix(m, "r"), "`cluster`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotClusterMatrix(data.frame(cluster = 1,
        junction_aa = "CF")), "`repertoire_id`",
        class = "clustcr_error_invalid_argument")
})

test_that("the legends of many samples with long names are in the frame", {
    skip_without()
    values <- matrix(1:26, 2, dimnames = list(1:2, paste0("s", 1:13)))
    sheet <- data.frame(repertoire_id = colnames(values), group = rep(c(
        "long-term non-progressor, treated", "long-term non-progressor"), c(6,
        7)))
    plot <- plotClusterMatrix(values, phenotype = "group", samples = sheet)
    built(plot)
    expect_identical(plot$theme$legend.justification, "right")
})

test_that("no clusters and no samples are told, motifs that repeat as well", {
    skip_without()
    d <- data.frame(cluster = c(1, 1, 2, 2, 3, 3), junction_aa = c("CASF",
        "CATF", "CASF", "CATF", "CGGF", "CGTF"), repertoire_id = "s",
        v_call = rep(c("TRBV9*01", "TRBV2", "TRBV9"), each = 2))
    expect_nothing(plotClusterMatrix(d[0, ]), no_cluster)
    expect_nothing(plotClusterMatrix(matrix(0, 2, 0)), "`x` has no sample")
    expect_nothing(plotClusterMatrix(matrix(0, 0, 2)), no_cluster)
    expect_identical(plotClusterMatrix(d)$data$cluster, c(
        "1: CA[ST]F TRBV9 (2)", "2: CA[ST]F TRBV2 (2)", "3: CG[GT]F (2)"))
    d$v_call <- NULL
    expect_identical(plotClusterMatrix(d)$data$cluster[1], "1: CA[ST]F (2)")
    built(plotClusterMatrix(matrix(0, 2, 3), numbers = TRUE))
    built(plotClusterMatrix(matrix(c(NA, 1, 0, 2), 2), numbers = TRUE))
})

test_that("numbers are divided in three", {
    expect_identical(levels(thirds(c(20:28, NA))), c("20 to 22", "23 to 25",
        "26 to 28"))
    expect_identical(as.vector(table(thirds(c(1, 1, 1, 1, 1, 9)))), 6L)
})

test_that("a SummarizedExperiment brings its sheet", {
    skip_without("SummarizedExperiment")
    m <- matrix(as.numeric(1:8), 2, dimnames = list(c("p", "q"), LETTERS[1:4]))
    x <- SummarizedExperiment::SummarizedExperiment(m,
        colData = data.frame(ill = c("yes", "no", "yes", "no"),
            row.names = LETTERS[1:4]))
    plot <- plotClusterMatrix(x, phenotype = "ill")
    built(plot)
    expect_identical(unique(plot$data$sample[order(plot$data$x)]),
        c("B", "D", "A", "C"))
})

test_that("the scale's title and numbers have room below many samples", {
    skip_without()
    m <- matrix(1, 3, 16, dimnames = list(1:3, paste0("s", 1:16)))
    plot <- plotClusterMatrix(m)
    built(plot)
    expect_gte(as.numeric(plot$theme$legend.title$margin)[2], 12)
    expect_gte(as.numeric(plot$theme$legend.margin)[2], 12)
    # Names of many rows are not higher than these are.
    m <- matrix(1, 40, 16, dimnames = list(1:40, paste0("s", 1:16)))
    plot <- plotClusterMatrix(m, largest = 40)
    built(plot)
    expect_lte(40 * plot$theme$axis.text.y$size, 200)
})
