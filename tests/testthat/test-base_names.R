test_that("short names are short, alike at both ends, and distinct", {
    geo <- paste0("GSM", 4800001:4800028, "_filtered_contig_annotations_PBMC")
    middle <- paste0("donor_", strrep("x", 40), sprintf("%03d", 1:28), "_",
        strrep("y", 30))
    first <- paste0(1:28, strrep("x", 60))
    last <- paste0(strrep("x", 60), 1:28)
    wide <- paste0(strrep("\u65e5", 30), 1:28)
    for (names in list(geo, middle, first, last, wide)) {
        for (width in c(12L, 18L, 24L)) {
            short <- short_names(names, width)
            expect_identical(anyDuplicated(short), 0L)
            expect_lte(max(nchar(short, "width")), width)
            # Whatever stands beside it or in which order, among the same.
            expect_identical(short_names(rev(c(names, names)), width),
                rev(c(short, short)))
        }
    }
    expect_identical(short_names(geo[1:2]), c("GSM4800001_...tions_PBMC",
        "GSM4800002_...tions_PBMC"))
    expect_match(short_names(middle), sprintf("%03d", 1:28)[28], all = FALSE)
    expect_identical(short_names(c("sample 1", "b")), c("sample 1", "b"))
})

test_that("any short names stay distinct", {
    withr::with_seed(3, for (i in 1:200) {
        part <- function() strrep(sample(c("a", "b"), 1), sample(0:40, 1))
        mark <- function() sample(c("x", "y", "\u00e9", "\u65e5", ""), 1)
        names <- unique(replicate(sample(30, 1), paste0(part(), mark(), part(),
            mark(), part())))
        short <- short_names(names, 16L)
        expect_identical(anyDuplicated(short), 0L)
        expect_lte(max(nchar(short, "width")), 16)
        fine <- nchar(names, "width") <= 16 & nzchar(names)
        expect_identical(short[fine], names[fine])
    })
})

test_that("what is missing, empty or of several lines has a name", {
    expect_identical(short_names(c(NA, "", "a\nb", "a b", "a\tb")), c(
        "(missing)", "(empty)", "a b #2", "a b #3", "a b #1"))
    bad <- "bad\xff"
    Encoding(bad) <- "UTF-8"
    expect_true(validUTF8(short_names(bad)))
    expect_identical(short_names(character()), character())
    expect_identical(short_names(factor(c("b", "a"))), c("b", "a"))
})

test_that("lines are wrapped at any width", {
    long <- paste(rep("word", 40), collapse = " ")
    found <- wrap_lines(c("short", long), 60L, exdent = 2L)
    expect_identical(found[1], "short")
    expect_lte(max(nchar(found)), 60)
    expect_identical(paste(trimws(found[-1]), collapse = " "), long)
    expect_lte(max(nchar(wrap_lines(strrep("x", 200), 30L))), 30)
    expect_null(wrapped(NULL))
})

# Names as people have them, up to 28 and 300 samples.
ugly_rows <- function(names) {
    n <- length(names)
    data.frame(cluster = rep(1:3, length.out = 3 * n),
        junction_aa = rep(c("CASSF", "CATTF", "CAGGF", "CASTF", "CATGF",
            "CAGSF"), length.out = 3 * n),
        repertoire_id = rep(names, each = 3), v_call = "TRBV9")
}

# The widths in inches of what stands beside the panel of a picture.
beside_panel <- function(plot) {
    withr::local_pdf(NULL, width = 7, height = 5)
    table <- ggplot2::ggplotGrob(plot)
    fixed <- grid::convertWidth(table$widths, "in", TRUE)
    sum(fixed)
}

test_that("names of any length leave room for the panel at 7 inches", {
    skip_without("igraph", "ggseqlogo")
    sets <- list(
        sixty = paste0("patient_", strrep("x", 45), sprintf("%03d", 1:6),
            "_a"),
        geo = paste0("GSM", 4800001:4800028,
            "_filtered_contig_annotations_PBMC_v2"),
        many = paste0("a_name_of_a_sample_that_is_long_", 1:300)
    )
    for (names in sets) {
        d <- ugly_rows(names)
        sheet <- data.frame(repertoire_id = names,
            group = rep(c(strrep("control ", 8), strrep("patient ", 8)),
                length.out = length(names)))
        audit <- data.frame(name = names, given = 2, accepted = 1,
            stop_codon = 1)
        plots <- list(plotAudit(audit), plotClusterMatrix(d),
            plotClusterMatrix(d, phenotype = "group", samples = sheet),
            plotNetwork(d, color = "sample"),
            plotNetwork(d, color = "group", samples = sheet),
            plotPublicity(d), plotMotif(d),
            plotClusterSizes(stats::setNames(rep(list(d), 7),
                rep_len(names, 7) |> make.unique())))
        for (plot in plots) {
            built(plot)
            expect_lt(beside_panel(plot), 5)
        }
    }
})

test_that("groups with long names do not clip the volcano's titles", {
    skip_without()
    x <- rbind(k = rep(1:0, each = 12), l = rep(0:1, 12))
    found <- associateClusters(x, rep(c(strrep("case ", 12),
        strrep("control ", 12)), each = 12))
    plot <- plotAssociation(found)
    for (text in plot$labels[c("x", "caption")]) {
        expect_lte(max(nchar(strsplit(text, "\n")[[1]])), 60)
    }
})

test_that("nine logos have room for their letters at 7 x 5 inches", {
    skip_without("ggseqlogo")
    d <- data.frame(cluster = rep(1:28, each = 2), junction_aa = paste0("CAS",
        rep(residues[1:14], each = 4), c("G", "T"), rep(c("A", "D"),
            each = 2), "F"), v_call = "TRBV20-1", repertoire_id = "s")
    for (n in c(1, 4, 9, 28)) {
        plot <- plotMotif(d, largest = n)
        built(plot)
        withr::with_pdf(NULL, width = 7, height = 5, {
            table <- ggplot2::ggplotGrob(plot)
            fixed <- sum(grid::convertHeight(table$heights, "in", TRUE))
            panels <- sum(grid::unitType(table$heights) == "null")
            expect_gt((5 - fixed) / panels, 0.25)
        })
    }
})
