namespace HeapDrift.SnapshotBench;

/// <summary>A row could not be measured; the message says why, in one line.</summary>
internal sealed class RowException(string message) : Exception(message);
