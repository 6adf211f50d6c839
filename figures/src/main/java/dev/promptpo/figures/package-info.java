/**
 * Pictures of runs, and how things show themselves in a notebook.
 *
 * <p>Start at {@link dev.promptpo.figures.Figures}. Charts are XChart charts in one theme ({@link
 * dev.promptpo.figures.PaperTheme}); boards are drawn with Java2D; both leave as a {@link
 * dev.promptpo.figures.Picture}, which is SVG and PNG of the same drawing.
 */
package dev.promptpo.figures;
