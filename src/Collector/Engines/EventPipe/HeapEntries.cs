using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>One value of GCBulkNode (ClrEtwAll.man), packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct NodeEntry
{
    public readonly ulong Address;
    public readonly ulong Bytes;
    public readonly ulong TypeId;
    public readonly ulong References;
}

/// <summary>One value of GCBulkEdge (ClrEtwAll.man), packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct EdgeEntry
{
    public readonly ulong Target;
    public readonly uint ReferencingField;
}
