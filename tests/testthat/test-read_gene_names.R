# Names of genes, whoever wrote them, are IMGT's: against a table written by
# hand, and Adaptive's against that of another package.

imgt_genes <- clustcr:::imgt_genes
strange_genes <- clustcr:::strange_genes
gene_level <- clustcr:::gene_level

# Written -> IMGT's.
written <- c(
    "TRBV7-9*01" = "TRBV7-9*01", " trbv7-9 " = "TRBV7-9", "TRBV20" = "TRBV20",
    # Adaptive: of some subgroups -01 is a gene, of others none.
    "TCRBV07-09*01" = "TRBV7-9*01", "TCRBV02-01*01" = "TRBV2*01",
    "TCRBV09-01" = "TRBV9", "TCRBV19-01" = "TRBV19",
    "TCRBV05-01*01" = "TRBV5-1*01", "TCRBV20-01" = "TRBV20-1",
    "TCRBV06" = "TRBV6", "TCRBJ02-07*01" = "TRBJ2-7*01",
    "TCRAJ33-01*01" = "TRAJ33*01", "TCRAV29-01*01" = "TRAV29/DV5*01",
    "TCRBV20-or09_02" = "TRBV20/OR9-2", "TCRBD01-01*01" = "TRBD1*01",
    # Alleles that no table has.
    "TCRBV07-09*99" = "TRBV7-9*99", "TRBV07-09" = "TRBV7-9",
    "TCRBV06-02/06-03*01" = "TRBV6-2*01,TRBV6-3*01",
    "TCRBV12-03,TCRBV12-04" = "TRBV12-3,TRBV12-4",
    "TCRBV20-01,TCRBV20-or09_02" = "TRBV20-1,TRBV20/OR9-2",
    # 10x, of mice too.
    "TRAV29DV5" = "TRAV29/DV5", "TRAV38-2DV8" = "TRAV38-2/DV8",
    "TRAV14D-3-DV8" = "TRAV14D-3/DV8", "TRAV14D-3/DV8" = "TRAV14D-3/DV8",
    "TRAV15D-1-DV6D-1" = "TRAV15D-1/DV6D-1", "TRAV21-DV12" = "TRAV21/DV12",
    "TRBV20OR9-2" = "TRBV20/OR9-2", "TRDV1" = "TRDV1",
    # Which of the family is not known.
    "TCRBV05-X" = "TRBV5", "TCRBV20-X" = "TRBV20-1",
    # Python, spreadsheets, IMGT's functionality.
    "['TRBV7-9', 'TRBV7-8']" = "TRBV7-9,TRBV7-8", "[TRBV7-9]" = "TRBV7-9",
    "TRBV7\u20119" = "TRBV7-9", "TRBV7-9\u00a0" = "TRBV7-9",
    "TRBV7-9(F)" = "TRBV7-9", "TRBV7-9*01 [ORF]" = "TRBV7-9*01",
    # McPAS-TCR.
    "BV7-9" = "TRBV7-9", "BJ2-7*01" = "TRBJ2-7*01", "AJ33" = "TRAJ33",
    "TRBV19:02" = "TRBV19*02", "TRBJ2-7:01" = "TRBJ2-7*01",
    # IMGT's own tools; a species in front; an allele that is not known.
    "Homsap TRBV6-2*01 F" = "TRBV6-2*01", "hTRBV6-2" = "TRBV6-2",
    "mTRBV13-1*01" = "TRBV13-1*01", "TRBV7-9*00" = "TRBV7-9",
    "TRBV7-9*00(1425)" = "TRBV7-9",
    # Sets.
    "TRBV12-3/4" = "TRBV12-3,TRBV12-4", "TRBV12-3/-4" = "TRBV12-3,TRBV12-4",
    "TRBV6-2/3/5/6" = "TRBV6-2,TRBV6-3,TRBV6-5,TRBV6-6",
    "TRBV6-2/6-3" = "TRBV6-2,TRBV6-3", "TRBV12-4, TRBV12-3" =
        "TRBV12-4,TRBV12-3",
    "TRBV12-3 TRBV12-4" = "TRBV12-3,TRBV12-4",
    "TRBV12-3*01/4*01" = "TRBV12-3*01,TRBV12-4*01",
    "TRAJ33/34" = "TRAJ33,TRAJ34", "TRBV6-2*01 or TRBV6-3*01" =
        "TRBV6-2*01,TRBV6-3*01",
    # No slash of a set.
    "TRAV29/DV5*01" = "TRAV29/DV5*01", "IGHV1/OR15-5*01" = "IGHV1/OR15-5*01",
    "IGHV3-30-3*01" = "IGHV3-30-3*01",
    # None.
    "unresolved" = "", "None" = "", " " = "",
    # What can't be placed stays.
    "Vb13.1" = "Vb13.1", "TCRBV99-01" = "TCRBV99-01", "myGene-1" = "myGene-1"
)

test_that("each program's names become IMGT's", {
    expect_identical(imgt_genes(names(written)), unname(written))
    expect_identical(imgt_genes(NA_character_), "")
    expect_identical(imgt_genes(character()), character())
    # A factor, as columns are read, and twice.
    expect_identical(imgt_genes(factor(names(written))), unname(written))
    expect_identical(imgt_genes(unname(written)), unname(written))
})

test_that("what can't be placed is known", {
    expect_identical(
        strange_genes(imgt_genes(names(written))),
        c("Vb13.1", "TCRBV99-01", "myGene-1")
    )
    # Families of older names have other numbers.
    expect_identical(strange_genes(imgt_genes(c("BV8", "BV8S1"))),
        c("BV8", "BV8S1"))
    expect_identical(strange_genes(c("", NA, "TRBV1", "TRBV6-2,TRBV6-3")),
        character())
})

test_that("written differently they are the same gene when compared", {
    for (level in c("family", "gene", "allele")) {
        expect_identical(gene_level(names(written), level),
            gene_level(unname(written), level))
    }
    expect_identical(gene_level(c("TRBV12-3/4", "TRBV6-2/3/5/6"), "family"),
        c("TRBV12", "TRBV6"))
})

test_that("Adaptive's names are those of another package's tables", {
    skip_if_not_installed("TCRconvertR")
    for (species in c("human", "mouse", "rhesus")) {
        table <- utils::read.csv(system.file("extdata", species,
            "lookup_from_adaptive.csv", package = "TCRconvertR"))
        expect_gt(nrow(table), 900)
        # Where Adaptive has no allele, the table makes *01 up.
        bare <- !grepl("*", table$adaptive, fixed = TRUE)
        table$imgt[bare] <- sub("[*].*$", "", table$imgt[bare])
        expect_identical(imgt_genes(table$adaptive, species), table$imgt)
        expect_identical(imgt_genes(table$imgt), table$imgt)
        # 10x's.
        table <- utils::read.csv(system.file("extdata", species,
            "lookup_from_tenx.csv", package = "TCRconvertR"))
        expect_identical(imgt_genes(table$tenx), sub("[*].*$", "", table$imgt))
    }
})
