stripped <- function(junction_aa) {
    substr(junction_aa, 2L, nchar(junction_aa) - 1L)
}

test_that("a CDR3 gets the ends that its J gene has", {
    cdr3 <- c("ASSIRSSYEQY", "ASSPNTEAF", "ASSLGGNEQF", "ASSLAPGATNEKLF",
        "ASSLGGNTGELF")
    whole <- c("CASSIRSSYEQYF", "CASSPNTEAFF", "CASSLGGNEQFF",
        "CASSLAPGATNEKLFF", "CASSLGGNTGELFF")
    j_call <- paste0("TRB", c("J2-7*01", "J1-1", "J2-1*01", "J1-4*01",
        "J2-2*01"))
    expect_identical(complete_anchors(cdr3, j_call, "TRB"), whole)
    # By the letters where there is no J gene, or a wrong or an unknown one.
    expect_identical(complete_anchors(cdr3), whole)
    expect_identical(complete_anchors(cdr3, rep("TRBJ2-7", 5L)), whole)
    expect_identical(complete_anchors(cdr3, rep("TRBJ9-9", 5L), "TRB"), whole)
    expect_identical(complete_anchors(cdr3, rep("TRBJ2-3/2-7", 5L)), whole)
    # Only one end, and none, are missing.
    expect_identical(complete_anchors(paste0("C", cdr3), j_call), whole)
    expect_identical(complete_anchors(substring(whole, 2L), j_call), whole)
    expect_identical(complete_anchors(whole, j_call), whole)
    expect_identical(complete_anchors(c(NA, "")), c(NA, ""))
    expect_identical(complete_anchors(character()), character())
})

test_that("other loci have other ends", {
    whole <- c("CAVMDSNYQLIW", "CAVSGGNNRKLIW", "CAGQTGANNLFF", "CAVGFGNVLHC",
        "CALWEVNYYKKLF", "CACDLLGDTLTAQLFF", "CALGSWDTRQMFF", "CARDYYYGMDVW")
    j_call <- c("TRAJ33*01", "TRAJ38", "TRAJ36", "TRAJ35", "TRGJ1", "TRDJ2",
        "TRDJ3", "IGHJ6*02")
    locus <- substr(j_call, 1L, 3L)
    expect_identical(complete_anchors(stripped(whole), j_call), whole)
    expect_identical(complete_anchors(stripped(whole), NULL, locus), whole)
    expect_identical(complete_anchors(whole, j_call), whole)
    # Mice.
    whole <- c("CASSDRGTEVFF", "CASSGDYAEQFF", "CAASNNRIFF", "CAVDSGTYQRF")
    j_call <- c("TRBJ1-1", "TRBJ2-1", "TRAJ31", "TRAJ13")
    expect_identical(complete_anchors(stripped(whole), j_call), whole)
})

test_that("where the J gene does not say, the column does", {
    # The J gene is trimmed to its last F, or to nothing.
    expect_identical(complete_anchors(c("ASSLGF", "ASSLGG"), "TRBJ2-1"),
        c("CASSLGFF", "CASSLGGF"))
    expect_identical(complete_anchors("CASSLGF", "TRBJ2-1"), "CASSLGF")
    expect_identical(complete_anchors("ASSLGF", "TRBJ2-1", lacks = FALSE),
        "ASSLGF")
    # Most rows of the column have both ends, or neither.
    expect_identical(
        complete_anchors(c("ASSLGF", "ASSIRSEQYF", "ASSIRTEQYF"),
            c("TRBJ2-1", "TRBJ2-7", "TRBJ2-7"), lacks = NULL),
        c("CASSLGF", "CASSIRSEQYF", "CASSIRTEQYF")
    )
    expect_identical(
        complete_anchors(c("ASSLGF", "ASSIRSEQY"), c("TRBJ2-1", "TRBJ2-7"),
            lacks = NULL),
        c("CASSLGFF", "CASSIRSEQYF")
    )
    # A junction without its C is none that lacks both.
    expect_identical(complete_anchors(c("ASSIRSEQYF", "ASSIRSEQY"),
        "TRBJ2-7", lacks = FALSE), c("ASSIRSEQYF", "CASSIRSEQYF"))
})

test_that("real junctions that were stripped come back", {
    skip_without_shared()
    known <- read.delim(shared_path("data", "vdjdb.slim.txt.gz"),
        colClasses = "character", quote = "")
    known <- known[known$species %in% c("HomoSapiens", "MusMusculus") &
        grepl("^C.*[FW]$", known$cdr3), ]
    known <- known[!duplicated(known[c("cdr3", "gene", "species")]), ]
    for (locus in c("TRA", "TRB")) {
        own <- known[known$gene == locus, ]
        again <- complete_anchors(stripped(own$cdr3), own$j.segm, locus)
        expect_lt(mean(again != own$cdr3), 0.002)
        again <- complete_anchors(stripped(own$cdr3), NULL, locus, NULL)
        expect_lt(mean(again != own$cdr3), 0.002)
        # And whole ones stay.
        again <- complete_anchors(own$cdr3, own$j.segm, locus)
        expect_lt(mean(again != own$cdr3), 0.002)
    }
})
