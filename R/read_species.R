# Which species receptors are of: told by a column, however it is spelled, or
# by V genes whose names only one species has.

# Of text in small letters without anything else: "Homo sapiens (human)" and
# "HomoSapiens" are "homosapienshuman" and "homosapiens".
species_names <- c(
    human = "^(homosapiens.*|humans?|hsapiens|homsap|homo|hs|hsa|9606)$",
    mouse = paste0("^(musmusculus.*|mouse|mice|murine|mmusculus|musmus|mus|mm|",
        "mmu|10090)$"),
    rhesus = paste0("^(macacamulatta.*|rhesus|rhesusmacaque|rhesusmonkey|",
        "macaque|monkey|mmulatta|macmul|9544)$"),
    rat = "^(rattusnorvegicus.*|rats?|rnorvegicus|ratnor|10116)$"
)

# One word for each species; "" where it is not told. A species that is not
# listed is its name without capitals, spaces and the like.
species_key <- function(x) {
    on_distinct(x, function(names) {
        names[is.na(names) | trimws(names) %in% no_value] <- ""
        # An IRI of the NCBI's taxonomy.
        names <- sub("^.*NCBITaxon[_:]", "", names)
        plain <- gsub("[^a-z0-9]", "", small_letters(
            iconv(names, "UTF-8", "ASCII", sub = "?")
        ))
        for (key in names(species_names)) {
            plain[grepl(species_names[[key]], plain)] <- key
        }
        plain
    })
}

# V genes of one species and of no other that is listed here, as functional
# genes: families of one (TRBV7), members (TRBV6-2), copies (TRAV6D-6).
genes_of_species <- c(
    human = paste0(
        "^TR(BV(3-[12]|4-[1-3]|5-[1-8]|6(-[1-9])?|7(-[1-9])?|9|10(-[1-3])?|",
        "11(-[1-3])?|12-[3-5]|18|20-1|21-1|23-1|24-1|25(-1)?|27|28|29-1)|",
        "AV(1-[12]|8-[3-7]|14/DV4|23/DV6|2[4-9](-[12])?(/DV5)?|3[0-9](-[12])?",
        "(/DV[78])?|4[01]))$"
    ),
    mouse = paste0(
        "^TR(BV(1|12-[12]|13-[1-3]|26|31)|AV([0-9]+[DN](-[0-9]+)?(/DV[0-9]+)?|",
        "3-[1-4]|4-[2-4]|5-[1-4]|6-[1-7](/DV9)?|7-[1-6]|9-[34]|",
        "13-(3|4/DV7|5)|14-[1-3]|15-[12](/DV6-[12])?|21/DV12))$"
    )
)

# "human", "mouse", or "" where a name does not tell.
species_of_genes <- function(v_call) {
    on_distinct(v_call, function(names) {
        gene <- gene_level(names, "gene")
        found <- rep_len("", length(gene))
        for (key in names(genes_of_species)) {
            found[grepl(genes_of_species[[key]], gene)] <- key
        }
        found
    })
}

# The species that most of these genes tell; "human" where none does, or as
# many. With the reason, for messages.
species_of_receptors <- function(v_call) {
    told <- factor(species_of_genes(v_call), names(genes_of_species))
    votes <- table(told)
    if (!sum(votes) || votes[["human"]] == votes[["mouse"]]) {
        return(list(species = "human", why =
            "no V gene of `x` tells a species, so human is taken"))
    }
    found <- names(which.max(votes))
    list(species = found, why = paste0("clusters of `x` are of ", found,
        ", by their V genes"))
}

# What was asked for, as keys. NULL, and "all", leave it open.
check_species <- function(species, name = "species") {
    if (is.null(species) || identical(species, "all")) return(species)
    keys <- if (is.character(species)) species_key(species)
    if (!length(keys) || !all(nzchar(keys))) {
        bad_argument("`", name, "` must be NULL, \"all\", or names of species ",
            "such as \"human\" and \"mouse\", not ", given(species))
    }
    unique(keys)
}

# Which rows of a reference are of `wanted` (keys). A row that names no species
# is of the one that its V gene tells; one that tells none is of any.
of_species <- function(table, wanted) {
    key <- species_key(table$species)
    blank <- !nzchar(key)
    key[blank] <- species_of_genes(table$v_call)[blank]
    !nzchar(key) | key %in% wanted
}

# "MusMusculus (12), Rat (3)", as the table spells them; `blank` for rows that
# name none, which are left out without it.
count_species <- function(species, blank = NA) {
    species[is.na(species)] <- blank
    names <- sort(unique(species), method = "radix")
    counts <- tabulate(match(species, names), length(names))
    order <- order(-counts)
    paste0(names[order], " (", shown_number(counts[order]), ")",
        collapse = ", ")
}
