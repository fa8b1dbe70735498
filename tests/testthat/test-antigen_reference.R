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
        species = "HomoSapiens", mhc = "HLA-A*02:01", score = 3)
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
})
