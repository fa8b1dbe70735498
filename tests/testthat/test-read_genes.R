# Names of genes against what IMGT's names mean.

gene_level <- clustcr:::gene_level
gene_locus <- clustcr:::gene_locus

levels_of <- function(x) {
    c(gene_level(x, "family"), gene_level(x, "gene"), gene_level(x, "allele"))
}

test_that("a name is compared at its level", {
    cases <- list(
        "TRBV6-2*01" = c("TRBV6", "TRBV6-2", "TRBV6-2*01"),
        "TRBV6-2" = c("TRBV6", "TRBV6-2", "TRBV6-2"),
        "TRBV6" = c("TRBV6", "TRBV6", "TRBV6"),
        "TRBV12-3*00" = c("TRBV12", "TRBV12-3", "TRBV12-3"),
        "TRBJ2-7*01" = c("TRBJ2", "TRBJ2-7", "TRBJ2-7*01"),
        "TRAJ33*01" = c("TRAJ33", "TRAJ33", "TRAJ33*01"),
        "TRAV29/DV5*01" = c("TRAV29", "TRAV29/DV5", "TRAV29/DV5*01"),
        "TRAV29DV5" = c("TRAV29", "TRAV29/DV5", "TRAV29/DV5"),
        "TRAV38-2/DV8" = c("TRAV38", "TRAV38-2/DV8", "TRAV38-2/DV8"),
        "TRAV38-2DV8*01" = c("TRAV38", "TRAV38-2/DV8", "TRAV38-2/DV8*01"),
        "TRAV15D-1/DV6D-1*01" = c(
            "TRAV15", "TRAV15D-1/DV6D-1", "TRAV15D-1/DV6D-1*01"
        ),
        "TRBV20/OR9-2*01" = c("TRBV20", "TRBV20/OR9-2", "TRBV20/OR9-2*01"),
        "TRBVA/OR9-2" = c("TRBVA", "TRBVA/OR9-2", "TRBVA/OR9-2"),
        "IGKV1D-33*01" = c("IGKV1", "IGKV1D-33", "IGKV1D-33*01"),
        "IGHV3-30-3*01" = c("IGHV3", "IGHV3-30-3", "IGHV3-30-3*01"),
        " trbv6-2*01 " = c("TRBV6", "TRBV6-2", "TRBV6-2*01"),
        "Homsap TRBV6-2*01 F" = c("TRBV6", "TRBV6-2", "TRBV6-2*01"),
        "myGene-1" = rep("MYGENE-1", 3)
    )
    for (name in names(cases)) {
        expect_identical(levels_of(name), cases[[name]], info = name)
    }
})

test_that("what is no name is empty at all levels", {
    for (none in list("", NA, "unresolved", "None", "null", ".", "*", "NA",
        " ", "undefined")) {
        expect_identical(levels_of(none), rep("", 3), info = none)
        expect_identical(gene_locus(none), "")
    }
    expect_identical(gene_level("TRBV6-2*01", "none"), "")
    expect_identical(gene_level(character(), "gene"), character())
})

test_that("names that leave a choice are their choices, however written", {
    for (name in c(
        "TRBV6-2/6-3", "TRBV6-2,TRBV6-3", "TRBV6-3, TRBV6-2",
        "TRBV6-2;TRBV6-3", "TRBV6-2|6-3", "TRBV6-2/TRBV6-3",
        "TRBV6-2*01 or TRBV6-3*01",
        "Homsap TRBV6-2*01 F, or Homsap TRBV6-3*01 F",
        "TRBV6-3*00(240),TRBV6-2*00(239.5)"
    )) {
        expect_identical(
            c(gene_level(name, "family"), gene_level(name, "gene")),
            c("TRBV6", "TRBV6-2,TRBV6-3"), info = name
        )
        expect_identical(gene_locus(name), "TRB")
    }
    expect_identical(
        gene_level("TRBV6-2*01 or TRBV6-3*01", "allele"),
        "TRBV6-2*01,TRBV6-3*01"
    )
    expect_identical(
        gene_level("TRBV12-5/TRBV7-9/TRBV28", "family"), "TRBV12,TRBV28,TRBV7"
    )
})

test_that("text in any encoding is a name or none, never an error", {
    latin1 <- "TRBV\xe9"
    Encoding(latin1) <- "latin1"
    expect_silent(found <- gene_level(c(latin1, "TRBV\xff", "TRBV1"), "gene"))
    expect_identical(found[3], "TRBV1")
    for (locale in c("C", "tr_TR.UTF-8")) {
        suppressWarnings(withr::with_locale(c(LC_CTYPE = locale), {
            expect_identical(gene_level("ighv1-2*01", "gene"), "IGHV1-2")
            expect_identical(gene_locus("ighv1-2*01"), "IGH")
        }))
    }
})

test_that("genes tell the locus, the J gene first", {
    expect_identical(
        gene_locus(c("TRAV1-1*01", "TRBV2", "TRGV9", "TRDV1", "IGHV1-2",
            "IGKV1-5", "IGLV1-40", "TCRBV06-02", "", "x", "TRAV29/DV5",
            "TRAV1,TRBV2")),
        c("TRA", "TRB", "TRG", "TRD", "IGH", "IGK", "IGL", "TRB", "", "",
            "TRA", "")
    )
    expect_identical(
        gene_locus(c("TRAV29/DV5", "TRAV29/DV5", ""),
            c("TRDJ1", "TRAJ33", "TRBJ2-7")),
        c("TRD", "TRA", "TRB")
    )
})

test_that("a V gene of two loci fits both, until a J gene tells", {
    file <- file_of("junction_aa\tv_call\tj_call\n", paste0(
        c("CASSF\tTRAV29/DV5\t", "CASRF\tTRAV29DV5\tTRAJ33",
            "CASQF\tTRAV29DV5\tTRDJ1", "CASPF\tTRAV1-2\t", "CASNF\t\t"),
        "\n", collapse = ""
    ))
    of <- function(locus) quiet(file, locus = locus)$junction_aa
    expect_identical(of("TRA"), c("CASSF", "CASRF", "CASPF", "CASNF"))
    expect_identical(of("TRD"), c("CASSF", "CASQF", "CASNF"))
    expect_identical(of("TRB"), "CASNF")
    expect_length(of(c("TRA", "TRD")), 5)
})

test_that("a million rows are a matter of their distinct names", {
    names <- sprintf("TRBV%d-%d*01", 1:100, 1:4)
    rows <- names[withr::with_seed(1, sample(100, 1e6, TRUE))]
    time <- min(replicate(3, {
        system.time(gene_level(rows, "gene"))[["user.self"]]
    }))
    expect_lt(time, 0.5)  # 0.06 where nothing else runs
    expect_identical(
        gene_level(rows[1:1000], "gene"), sub("[*]01", "", rows[1:1000])
    )
})
