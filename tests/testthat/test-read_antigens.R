written <- function(lines, encoding = "UTF-8") {
    file <- tempfile(fileext = ".txt")
    connection <- file(file, "wb")
    on.exit(close(connection))
    writeLines(lines, connection, useBytes = TRUE)
    file
}

flu <- data.frame(
    junction_aa = "CASSIRSSYEQYF", v_call = "TRBV19*01", j_call = "TRBJ2-7*01",
    label = "GILGFVFTL"
)

test_that("each export of VDJdb is read", {
    slim <- written(c(
        paste("gene", "cdr3", "species", "antigen.epitope", "antigen.gene",
            "antigen.species", "complex.id", "v.segm", "j.segm", "v.end",
            "j.start", "mhc.a", "mhc.b", "mhc.class", "reference.id",
            "vdjdb.score", sep = "\t"),
        paste("TRB", "CASSIRSSYEQYF", "HomoSapiens", "GILGFVFTL", "M",
            "InfluenzaA", "0", "TRBV19*01", "TRBJ2-7*01", "4", "8",
            "HLA-A*02:01", "B2M", "MHCI", "PMID:1", "3", sep = "\t"),
        paste("TRA", "CAVF", "HomoSapiens", "GILGFVFTL", "M", "InfluenzaA", "0",
            "TRAV1", "TRAJ1", "4", "8", "HLA-A*02:01", "B2M", "MHCI", "PMID:1",
            "2", sep = "\t")
    ))
    expect_message(found <- readAntigenReference(slim), "1 of 2 rows left out",
        class = "clustcr_message_left_out")
    expected <- cbind(flu, antigen = "M", organism = "InfluenzaA",
        species = "HomoSapiens", mhc = "HLA-A*02:01", mhc_class = "MHCI",
        score = 3)
    expect_identical(found, expected)
    alpha <- suppressMessages(readAntigenReference(slim, "TRA"))
    expect_identical(alpha$junction_aa, "CAVF")

    web <- written(c(
        paste("complex.id", "Gene", "CDR3", "V", "J", "Species", "MHC A",
            "MHC B", "MHC class", "Epitope", "Epitope gene", "Epitope species",
            "Reference", "Method", "Meta", "CDR3fix", "Score", sep = "\t"),
        paste("1", "TRB", "CASSIRSSYEQYF", "TRBV19*01", "TRBJ2-7*01",
            "HomoSapiens", "HLA-A*02:01", "B2M", "MHCI", "GILGFVFTL", "M",
            "InfluenzaA", "PMID:1", "{\"\"a\"\": 1}", "{}", "{}", "3",
            sep = "\t")
    ))
    expect_identical(readAntigenReference(web), expected)

    full <- written(c(
        paste("cdr3.alpha", "v.alpha", "j.alpha", "cdr3.beta", "v.beta",
            "d.beta", "j.beta", "species", "mhc.a", "mhc.b", "mhc.class",
            "antigen.epitope", "antigen.gene", "antigen.species",
            "vdjdb.score", sep = "\t"),
        paste("CAVF", "TRAV1", "TRAJ1", "CASSIRSSYEQYF", "TRBV19*01", "",
            "TRBJ2-7*01", "HomoSapiens", "HLA-A*02:01", "B2M", "MHCI",
            "GILGFVFTL", "M", "InfluenzaA", "3", sep = "\t")
    ))
    expect_identical(readAntigenReference(full), expected)
    expect_identical(readAntigenReference(full, "TRA")$v_call, "TRAV1")
    both <- readAntigenReference(full, c("TRA", "TRB"))
    expect_identical(both$locus, c("TRA", "TRB"))
    expect_identical(both$junction_aa, c("CAVF", "CASSIRSSYEQYF"))
    expect_identical(readAntigenReference(full, "AB"), both)
})

test_that("McPAS-TCR is read, which is not in UTF-8", {
    lines <- c(
        paste("CDR3.alpha.aa", "CDR3.beta.aa", "Species", "Category",
            "Pathology", "Antigen.protein", "Epitope.peptide", "MHC", "TRAV",
            "TRAJ", "TRBV", "TRBD", "TRBJ", "Remarks", sep = ","),
        paste("NA", "CASSIRSSYEQYF", "Human", "Pathogens", "Influenza",
            "\"Matrix, M1\"", "GILGFVFTL", "HLA-A*02:01", "NA", "NA",
            "TRBV19*01", "NA", "TRBJ2-7*01", "caf\xe9", sep = ","),
        paste("NA", "CASSF", "Human", "Autoimmune", "Diabetes", "NA", "NA",
            "NA", "NA", "NA", "NA", "NA", "NA", "NA", sep = ",")
    )
    expect_message(found <- readAntigenReference(written(lines)),
        "1 of 2 rows left out")
    expect_identical(found[1:4], flu)
    expect_identical(found$antigen, "Matrix, M1")
    expect_identical(found$organism, "Influenza")
})

mcpas <- function(...) {
    written(c(
        paste0("CDR3.alpha.aa,CDR3.beta.aa,Species,Category,Pathology,",
            "Epitope.peptide,Antigen.protein,MHC,TRAV,TRAJ,TRBV,TRBJ"), ...
    ))
}

test_that("McPAS-TCR's alleles are IMGT's, and its letters stay", {
    file <- mcpas(
        paste0("NA,CASSTRSSYEQYF,Human,Pathogens,Sj\xf6gren \x96 M\xfcller,",
            "EPITOPEA,M1,HLA-A*02:01,NA,NA,TRBV19:02,TRBJ2-7:01"),
        # In UTF-8 as it is.
        paste0("CAVMDSNYQLIW,ASSPNTEAF,Human,Autoimmune,Sj\u00f6gren,EPITOPEB,",
            "X,NA,TRAV1-2:01,TRAJ33:01,TRBV6-4:02,TRBJ1-1:01")
    )
    expect_message(found <- readAntigenReference(file),
        "the ends of 1 CDR3 ", class = "clustcr_message_read")
    expect_identical(found$v_call, c("TRBV19*02", "TRBV6-4*02"))
    expect_identical(found$j_call, c("TRBJ2-7*01", "TRBJ1-1*01"))
    expect_identical(found$organism, c("Sj\u00f6gren \u2013 M\u00fcller",
        "Sj\u00f6gren"))
    # Without both ends; a junction without its C only stays as it is.
    expect_identical(found$junction_aa[2], "CASSPNTEAFF")
    file <- mcpas(paste0("NA,ASSTRSSYEQYF,Human,Pathogens,X,EPITOPEA,M1,NA,",
        "NA,NA,TRBV19,TRBJ2-7"))
    expect_identical(readAntigenReference(file)$junction_aa, "ASSTRSSYEQYF")
    clusters <- data.frame(junction_aa = "CASSTRSSYEQYF",
        v_call = "TRBV19*02", cluster = 1)
    file <- mcpas(paste0("NA,CASSTRSSYEQYF,Human,Pathogens,X,EPITOPEA,M1,NA,",
        "NA,NA,TRBV19:02,TRBJ2-7"))
    for (level in c("family", "gene", "allele")) {
        expect_identical(annotateClusters(clusters, file, v_gene = level,
            permutations = 0)$exact, 1L)
    }
})

test_that("the IEDB's chains are told by their genes where no type is", {
    file <- written(c(
        paste0("Chain 1 Curated V Gene,Chain 1 CDR3 Curated,",
            "Chain 2 CDR3 Curated,Epitope Name"),
        "TRBV19*01,CASSIRSSYEQYF,CASSIRSAYEQYF,x", ",CAGGGSQGNLIF,,x"
    ))
    expect_identical(
        suppressMessages(readAntigenReference(file))$junction_aa,
        c("CASSIRSSYEQYF", "CASSIRSAYEQYF")
    )
    expect_identical(
        suppressMessages(readAntigenReference(file, "A"))$junction_aa,
        "CAGGGSQGNLIF"
    )
})

test_that("the IEDB's chains are told by their type, and completed", {
    header <- paste0("Receptor ID,Epitope Name,Chain 1 Type,",
        "Chain 1 Curated V Gene,Chain 1 Curated J Gene,Chain 1 CDR3 Curated,",
        "Chain 1 CDR3 Calculated,Chain 2 Type,Chain 2 Calculated V Gene,",
        "Chain 2 Calculated J Gene,Chain 2 CDR3 Curated,",
        "Chain 2 CDR3 Calculated,Chain 2 Organism IRI")
    mouse <- "http://purl.obolibrary.org/obo/NCBITaxon_10090"
    file <- written(c(header,
        # Beta is chain 1 as it was curated, and chain 2 as it was calculated.
        paste0("1,A,beta,TRBV7-9*01,TRBJ1-1*01,CASSPNTEAFF,,alpha,TRAV27*01,",
            "TRAJ38*01,,AGGGNNRKLI,"),
        paste0("2,A,alpha,TRAV27*01,TRAJ36,AGGGANNLF,,beta,TRBV19*01,TRBJ2-2,",
            "see text,ASSGGNTGELF,", mouse),
        # Two beta chains, and none.
        paste0("3,B,Beta,TRBV2,TRBJ2-7,ASSLGEQY,,beta,TRBV2,TRBJ2-7,",
            "CASSVGEQYF,,", mouse),
        "4,B,gamma,TRGV9,TRGJ1,CALF,,delta,TRDV2,TRDJ1,CACF,,"
    ))
    expect_message(
        expect_message(found <- readAntigenReference(file),
            "1 of 4 rows left out: 1 of another chain than TRB"),
        "the ends of 2 CDR3s"
    )
    expect_identical(found$junction_aa, c("CASSPNTEAFF", "CASSGGNTGELFF",
        "CASSLGEQYF", "CASSVGEQYF"))
    expect_identical(found$v_call, c("TRBV7-9*01", "TRBV19*01", "TRBV2",
        "TRBV2"))
    expect_identical(found$species, c(NA, "mouse", NA, "mouse"))
    both <- suppressMessages(readAntigenReference(file, c("TRB", "TRA")))
    expect_identical(both$junction_aa[both$locus == "TRA"],
        c("CAGGGNNRKLIW", "CAGGGANNLFF"))
    expect_identical(both[both$locus == "TRB", names(found)], found,
        ignore_attr = "row.names")
})

test_that("the IEDB is read with one header line or two", {
    row <- paste("beta", "TRBV19*01", "", "TRBJ2-7*01", "ASSIRSSYEQY", "",
        "GILGFVFTL", "Matrix protein 1", "Influenza A virus", sep = ",")
    empty <- "beta,,TRBV2,,,ASSLGF,,x,y"
    old <- c(paste("Chain 2 Type", "Curated Chain 2 V Gene",
        "Calculated Chain 2 V Gene", "Curated Chain 2 J Gene",
        "Chain 2 CDR3 Curated", "Chain 2 CDR3 Calculated", "Description",
        "Antigen", "Organism", sep = ","), row, empty)
    new <- c(paste("Chain 2 - Type", "Chain 2 - Curated V Gene",
        "Chain 2 - Calculated V Gene", "Chain 2 - Curated J Gene",
        "Chain 2 - CDR3 Curated", "Chain 2 - CDR3 Calculated",
        "Epitope - Name", "Epitope - Source Molecule",
        "Epitope - Source Organism", sep = ","), row, empty)
    two <- c(
        paste("Receptor", "Receptor", "Chain 2", "Chain 2", "Chain 2",
            "Chain 2", "Chain 2", "Chain 2", "Epitope", "Epitope", "Epitope",
            sep = ","),
        paste("Group IRI", "IEDB Receptor ID", "Type", "Curated V Gene",
            "Calculated V Gene", "Curated J Gene", "CDR3 Curated",
            "CDR3 Calculated", "Name", "Source Molecule", "Source Organism",
            sep = ","),
        paste("a,b", row, sep = ","), paste("a,b", empty, sep = ",")
    )
    for (lines in list(old, new, two)) {
        expect_message(found <- readAntigenReference(written(lines)),
            "1 of 2 rows left out")
        expect_identical(found[1:4], flu)
        expect_identical(found$organism, "Influenza A virus")
    }
})

vdjdb <- function(...) {
    rows <- list(...)
    written(c(
        paste("gene", "cdr3", "species", "antigen.epitope", "v.segm", "mhc.a",
            "mhc.b", "mhc.class", sep = "\t"),
        vapply(rows, paste, "", collapse = "\t")
    ))
}

test_that("a table that semicolons divide is read as one that tabs divide", {
    file <- vdjdb(c("TRB", "CASSF", "HomoSapiens", "A;B", "TRBV19*01",
        "HLA-A*02:01", "B2M", "MHCI"), c("TRB", "CATTF", "HomoSapiens", "B",
        "TRBV9*01", "HLA-A*02:01", "B2M", "MHCI"))
    other <- withr::local_tempfile(fileext = ".csv")
    utils::write.csv2(utils::read.delim(file, check.names = FALSE), other,
        row.names = FALSE)
    expect_identical(suppressMessages(readAntigenReference(other)),
        suppressMessages(readAntigenReference(file)))
})

test_that("class II keeps both chains and the class", {
    file <- vdjdb(
        c("TRB", "CASSF", "HomoSapiens", "A", "TRBV19*01", "HLA-A*02:01", "B2M",
            "MHCI"),
        c("TRB", "CASSF", "HomoSapiens", "B", "TRBV19*01", "HLA-DRA*01:01",
            "HLA-DRB1*04:01", "MHCII"),
        c("TRB", "CASSF", "HomoSapiens", "C", "TRBV19*01", "", "HLA-DRB1*04:01",
            "MHCII"),
        c("TRB", "CASSF", "HomoSapiens", "D", "TRBV19*01", "H2-IAb", "H2-IAb",
            "II")
    )
    found <- readAntigenReference(file)
    expect_identical(found$mhc, c("HLA-A*02:01",
        "HLA-DRA*01:01/HLA-DRB1*04:01", "HLA-DRB1*04:01", "H2-IAb"))
    expect_identical(found$mhc_class, c("MHCI", "MHCII", "MHCII", "MHCII"))
})

test_that("a molecule's name tells its class where nothing else does", {
    expect_identical(
        class_of_mhc(c("HLA-A*02:01", "HLA-B7", "B*07:02", "H-2Db", "H2-Kb",
            "Mamu-A*01", "HLA class I", "HLA-DRB1*04:01", "DQ8", "H-2-IAb",
            "I-Ab", "H2-IAb", "HLA-DRA*01:01/DRB1*04:01", "HLA class II",
            "CD1d", "MR1", NA)),
        rep(c("MHCI", "MHCII", NA), c(7, 7, 3))
    )
    skip_without_shared()
    found <- suppressMessages(readAntigenReference(
        shared_path("data", "vdjdb.slim.txt.gz"), c("TRA", "TRB")))
    told <- class_of_mhc(found$mhc)
    expect_lt(mean(is.na(told)), 0.01)
    expect_true(all(is.na(told) | told == found$mhc_class))
})

test_that("species are taken, or told", {
    row <- function(species, epitope, v_call = "TRBV19*01") {
        c("TRB", "CASSF", species, epitope, v_call, "", "", "")
    }
    file <- vdjdb(row("HomoSapiens", "A"), row("MusMusculus", "A"),
        row("MacacaMulatta", "B"), row("", "B", "TRBV13-1*01"),
        row("", "C"))
    expect_message(all <- readAntigenReference(file), paste0(
        "several species: HomoSapiens (1), MacacaMulatta (1), ",
        "MusMusculus (1); see"), fixed = TRUE, class = "clustcr_message_read")
    # One receptor of two species is two rows.
    expect_identical(all$species, c("HomoSapiens", "MusMusculus",
        "MacacaMulatta", NA, NA))
    expect_message(human <- readAntigenReference(file, species = "Human"),
        "3 of 5 rows left out: .*MusMusculus \\(1\\).*by the V gene \\(1\\)",
        class = "clustcr_message_left_out")
    expect_identical(human$label, c("A", "C"))
    mouse <- suppressMessages(readAntigenReference(file, species =
        c("Mus musculus", "rhesus macaque")))
    expect_identical(mouse$label, c("A", "B", "B", "C"))
    expect_silent(
        one <- readAntigenReference(vdjdb(row("HomoSapiens", "A")))
    )
    expect_identical(nrow(one), 1L)
    expect_error(readAntigenReference(vdjdb(row("HomoSapiens", "A")),
        species = "mouse"), "must have receptors of mouse.*HomoSapiens \\(1\\)",
        class = "clustcr_error_labels")
    expect_error(readAntigenReference(file, species = 1), "`species`",
        class = "clustcr_error_invalid_argument")
})

test_that("other files are refused", {
    expect_error(readAntigenReference("/no/such/file"),
        class = "clustcr_error_io")
    expect_error(readAntigenReference(written("a\tb\tc")),
        "must be an export of VDJdb", class = "clustcr_error_format")
    expect_error(readAntigenReference(written(character())), "empty",
        class = "clustcr_error_format")
    expect_error(readAntigenReference(written("a\tb"), "TRG"), "`chain`",
        class = "clustcr_error_invalid_argument")
})

test_that("the slim export of a release is read", {
    skip_without_shared()
    file <- shared_path("data", "vdjdb.slim.txt.gz")
    found <- suppressMessages(readAntigenReference(file))
    expect_identical(nrow(found), 9791L)
    expect_identical(sum(found$species == "HomoSapiens"), 6997L)
    expect_true(all(found$score %in% 0:3))
    # As awk counts them.
    human <- suppressMessages(readAntigenReference(file, species = "human"))
    expect_identical(nrow(human), 6997L)
    expect_identical(sum(human$mhc_class == "MHCII"), 657L)
    expect_identical(sum(grepl("^HLA-D.*/HLA-D", human$mhc)), 657L)
})
