namespace HeapDrift.Profiling.Flames;

/// <summary>A path or a stack with what belongs to its last step alone, before anything is left out.</summary>
/// <param name="Parent">Index of the row before the last step, which comes earlier; -1 for the first row, which is the root.</param>
/// <param name="Frame">The last step.</param>
/// <param name="Bytes">0 or more.</param>
/// <param name="Count">Objects or samples.</param>
/// <param name="ErrorBytes">Half of the 95 % interval of <paramref name="Bytes"/>; 0 where they were counted.</param>
internal readonly record struct FlameRow(int Parent, FlameFrame Frame, long Bytes, long Count, double ErrorBytes = 0);
