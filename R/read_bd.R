# BD Rhapsody, tables of contigs and of a chain a cell (versions 1.9 to 1.12),
# behind lines with ##, and of a cell a row. The AIRR files of version 2 are
# read as such. BD's CDR3 has no conserved ends: no C in front, no F or W.
# BD Single-Cell Multiomics Bioinformatics Handbook, "VDJ outputs".
format_bd <- list(
    title = "BD Rhapsody VDJ table",
    needs = list(c("Cell_Index", "Cell_ID"), "CDR3_Translation"),
    columns = list(
        junction_aa = "CDR3_Translation",
        v_call = c("V_gene", "V_gene_Dominant"),
        j_call = c("J_gene", "J_gene_Dominant"),
        duplicate_count = c("Molecule_Count", "Read_Count"),
        sequence_id = "Contig_ID", locus = "Chain_Type",
        productive = "Productive", cell_id = c("Cell_Index", "Cell_ID"),
        is_cell = c("Putative_Cell", "Putative")
    ),
    note = "Its CDR3s are without their conserved first and last residue."
)

bd_chain <- function(name) {
    stats::setNames(
        as.list(paste0("TCR_", name, "_", c(
            "CDR3_Translation", "V_gene", "J_gene"
        ), "_Dominant")),
        c("junction_aa", "v_call", "j_call")
    )
}

format_bd_cells <- list(
    title = "BD Rhapsody VDJ table of cells",
    needs = list(
        c("Cell_Index", "Cell_ID"),
        c("TCR_Beta_Delta_CDR3_Translation_Dominant",
            "TCR_Alpha_Gamma_CDR3_Translation_Dominant")
    ),
    columns = list(
        cell_id = c("Cell_Index", "Cell_ID"),
        is_cell = c("Putative_Cell", "Putative")
    ),
    chains = list(
        TRA = bd_chain("Alpha_Gamma"), TRB = bd_chain("Beta_Delta"),
        TRG = bd_chain("Alpha_Gamma"), TRD = bd_chain("Beta_Delta")
    ),
    note = "Its CDR3s are without their conserved first and last residue."
)
