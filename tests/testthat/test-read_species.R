test_that("a species is known however it is spelled", {
    expect_identical(
        species_key(c("HomoSapiens", "Homo sapiens (human)", "Human", "human",
            "9606", "http://purl.obolibrary.org/obo/NCBITaxon_9606",
            "MusMusculus", "Mus musculus C57BL/6", "mouse", "Mouse", "murine",
            "MacacaMulatta", "Rhesus macaque", "Rattus norvegicus", "Gallus",
            NA, "", "NA")),
        rep(c("human", "mouse", "rhesus", "rat", "gallus", ""),
            c(6, 5, 2, 1, 1, 3))
    )
})

test_that("V genes that one species has tell it", {
    expect_identical(
        species_of_genes(c("TRBV7-9*01", "TRBV6", "TRBV20-1", "TRAV38-2DV8",
            "TRAV12-1", "TRBV19*01", "TRBV13-1*02", "TRBV31", "TRAV6D-6",
            "TRAV14D-3/DV8", "TRBV13", "", NA)),
        rep(c("human", "", "mouse", ""), c(4, 2, 4, 3))
    )
    told <- function(...) species_of_receptors(c(...))$species
    expect_identical(told("TRBV7-9", "TRBV6-2", "TRBV31"), "human")
    expect_identical(told("TRBV13-2", "TRBV13-2", "TRBV7-9"), "mouse")
    expect_identical(told("TRBV19", "TRBV2", NA), "human")
    expect_identical(species_of_receptors(NULL)$species, "human")
})

test_that("a reference's species may be in a column of another name", {
    reference <- data.frame(junction_aa = c("CAF", "CDF"), v_call = "TRBV19",
        label = c("a", "b"), Organism = c("MusMusculus", "Homo sapiens"))
    clusters <- data.frame(junction_aa = c("CAF", "CDF"), cluster = 1)
    expect_message(found <- annotateClusters(clusters, reference),
        "1 of 2 rows left out: MusMusculus [(]1[)]")
    expect_identical(found$label, "b")
    # Of antigens' organisms some are no hosts.
    reference$Organism <- c("CMV", "HomoSapiens")
    expect_identical(with_species(reference, "label"), reference)
    reference$Organism <- c("MusMusculus", "HomoSapiens")
    expect_identical(with_species(reference, "Organism"), reference)
    # A blank column hides none; mice counted for human clusters.
    for (blank in list("", NA, "None", c("", "HomoSapiens"))) {
        reference$species <- blank
        expect_message(found <- annotateClusters(clusters, reference),
            "1 of 2 rows left out: MusMusculus [(]1[)]")
        expect_identical(found$label, "b")
        expect_identical(with_species(reference, "species"), reference)
    }
})

test_that("no V gene of a reference's species is another's", {
    skip_without_shared()
    known <- read.delim(shared_path("data", "vdjdb.slim.txt.gz"),
        colClasses = "character", quote = "")
    told <- species_of_genes(known$v.segm)
    key <- species_key(known$species)
    for (species in c("human", "mouse")) {
        own <- told[key == species]
        expect_lt(mean(!own %in% c(species, "")), 0.001)
        expect_gt(mean(own == species), 0.4)
        for (gene in c("TRA", "TRB")) {
            expect_identical(species_of_receptors(
                known$v.segm[key == species & known$gene == gene]
            )$species, species)
        }
    }
})
