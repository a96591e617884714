using System.Runtime.CompilerServices;
using HeapDrift.Profiling.Heap;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// Collects the events of one heap walk into an <see cref="ObjectGraph"/> and keeps the books that tell whether it is complete: every
/// bulk event carries its number, every object the count of its references, every type id must get a name. Reads the events
/// <c>GCBulkNode</c>, <c>GCBulkEdge</c>, <c>GCBulkRootEdge</c>, <c>GCBulkRootStaticVar</c>,
/// <c>GCBulkRootConditionalWeakTableElementEdge</c> and <c>BulkType</c> of the runtime provider
/// (dotnet/runtime, src/coreclr/vm/ClrEtwAll.man).
/// </summary>
internal sealed unsafe class HeapEventReader
{
    private const int NoGc = -1;

    /// <summary>Index and count of four bytes each, and the instance of the runtime in two, before the values of a bulk event.</summary>
    private const int BulkHeaderBytes = 10;

    private readonly Dictionary<ulong, int> _typeIndex = [];
    private readonly List<ulong> _typeIds = [];
    private readonly Dictionary<ulong, RuntimeType> _runtimeTypes = [];
    private readonly List<StaticField> _statics = [];
    private readonly List<HeapRoot> _roots = [];
    private readonly BulkSequence _nodeSequence = new();
    private readonly BulkSequence _edgeSequence = new();
    private readonly BulkSequence _rootSequence = new();
    private double _suspendedAt;
    private int _gc = NoGc;
    private (ulong Id, int Index) _lastType;

    /// <param name="source">Sends the events.</param>
    /// <param name="countsOnly">Types are counted and nothing else is kept, which takes no memory.</param>
    public HeapEventReader(TraceEventDispatcher source, bool countsOnly)
    {
        Tally = countsOnly ? new TypeTally() : null;
        source.Clr.GCSuspendEEStart += suspend => _suspendedAt = IsWalking || IsFinished ? _suspendedAt : suspend.TimeStampRelativeMSec;
        source.Clr.GCRestartEEStop += OnRestart;
        source.Clr.GCStart += OnGcStart;
        source.Clr.GCStop += stop => IsFinished |= stop.Count == _gc;
        source.Clr.GCHeapStats += OnHeapStats;
        source.Clr.TypeBulkType += OnBulkType;
        source.Clr.GCBulkNode += OnBulkNode;
        source.Clr.GCBulkEdge += OnBulkEdge;
        source.Clr.GCBulkRootEdge += OnRootEdges;
        source.Clr.GCBulkRootStaticVar += OnStaticFields;
        source.Clr.GCBulkRootConditionalWeakTableElementEdge += OnDependentHandles;
    }

    public ObjectGraph Graph { get; } = new();

    /// <summary>Instead of the graph, which is empty then, where only the types are counted.</summary>
    public TypeTally? Tally { get; }

    /// <summary>Seen so far.</summary>
    public long Objects => Tally?.Objects ?? Graph.Objects;

    public IReadOnlyList<StaticField> Statics => _statics;

    /// <summary>Roots that are not static fields.</summary>
    public IReadOnlyList<HeapRoot> Roots => _roots;

    /// <summary>The runtime's own count of the bytes that survived the collection, all generations. Null when it did not say.</summary>
    public long? SurvivedBytes { get; private set; }

    /// <summary>All generations after the collection, with the free space in them. Null when the runtime did not say.</summary>
    public long? UsedBytes { get; private set; }

    /// <summary>When the collection began that walks the heap. Null before it.</summary>
    public DateTimeOffset? TakenAt { get; private set; }

    /// <summary>The runtime's number of the collection that walks the heap; null before it.</summary>
    public int? Collection => _gc == NoGc ? null : _gc;

    /// <summary>From the suspension of the worker's threads to their restart.</summary>
    public TimeSpan? Pause { get; private set; }

    /// <summary>True once the collection that walked the heap has ended.</summary>
    public bool IsFinished { get; private set; }

    private bool IsWalking => _gc != NoGc && !IsFinished;

    /// <summary>Sentences about what is missing; none when every event of the walk arrived.</summary>
    public IEnumerable<string> FindGaps()
    {
        if (_gc == NoGc)
        {
            yield return "the runtime did not start the collection that walks the heap";
        }
        else if (!IsFinished)
        {
            yield return "the heap walk did not come to its end";
        }

        if (_nodeSequence.Missing + _edgeSequence.Missing + _rootSequence.Missing is > 0 and long missing)
        {
            yield return $"{missing} events of the heap walk are missing";
        }

        if (!Graph.HasAllReferences)
        {
            yield return "not all references of the objects arrived";
        }

        if (_typeIds.Count(id => !_runtimeTypes.ContainsKey(id)) is > 0 and int unnamed)
        {
            yield return $"{unnamed} types came without a name";
        }
    }

    /// <summary>The types in the order of the numbers that the graph uses.</summary>
    public IReadOnlyList<PathStep> BuildTypes(LoadedModules modules, ModuleOrigins origins) =>
        [.. _typeIds.Select(id => ToStep(id, modules, origins))];

    /// <summary>The number that the graph uses for a type; null where no object has it.</summary>
    public int? NumberOf(ulong typeId) => _typeIndex.TryGetValue(typeId, out int type) ? type : null;

    /// <summary>The name of a type that some object or static field has.</summary>
    public string NameOf(ulong typeId) => _runtimeTypes.TryGetValue(typeId, out RuntimeType type) ? type.Name : $"unknown type 0x{typeId:x}";

    private PathStep ToStep(ulong id, LoadedModules modules, ModuleOrigins origins) => _runtimeTypes.TryGetValue(id, out RuntimeType type)
        ? new PathStep(type.Name, modules.FileName(type.Module), PathStepKind.Type) { Origin = type.Name.EndsWith(']') ? null : origins.Of(modules.Path(type.Module)) }
        : new PathStep(NameOf(id), null, PathStepKind.Type);

    private void OnGcStart(GCStartTraceData start)
    {
        // Only the collection that our own request induced walks the heap; a second one in the same session is somebody else's.
        if (_gc == NoGc && start.Depth == 2 && start.Reason == GCReason.Induced && start.Type == GCType.NonConcurrentGC)
        {
            _gc = start.Count;
            TakenAt = new DateTimeOffset(start.TimeStamp.ToUniversalTime());
        }
    }

    private void OnRestart(GCNoUserDataTraceData restart)
    {
        if (IsFinished && Pause is null)
        {
            Pause = TimeSpan.FromMilliseconds(restart.TimeStampRelativeMSec - _suspendedAt);
        }
    }

    private void OnHeapStats(GCHeapStatsTraceData stats)
    {
        if (_gc != NoGc && SurvivedBytes is null)
        {
            SurvivedBytes = stats.TotalPromoted;
            UsedBytes = stats.TotalHeapSize;
        }
    }

    private void OnBulkType(GCBulkTypeTraceData types)
    {
        for (int index = 0; index < types.Count; index++)
        {
            GCBulkTypeValues type = types.Values(index);
            _runtimeTypes[type.TypeID] = new RuntimeType(TypeName.FromRuntime(type.TypeName), type.ModuleID);
        }
    }

    /// <summary>
    /// The hot loop, with the one below: 20 million objects arrive within three seconds. The entries are read as they lie in the event, four
    /// times faster than one accessor call a field, and compiled for speed from the first call on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OnBulkNode(GCBulkNodeTraceData nodes)
    {
        if (!IsWalking)
        {
            return;
        }

        _nodeSequence.Saw(nodes.Index);
        var entries = new ReadOnlySpan<NodeEntry>((byte*)nodes.DataStart + BulkHeaderBytes, nodes.Count);
        if (Tally is { } tally)
        {
            foreach (ref readonly NodeEntry node in entries)
            {
                tally.Add(IndexOf(node.TypeId), (long)(node.Bytes + 7) & ~7);
            }

            return;
        }

        foreach (ref readonly NodeEntry node in entries)
        {
            Graph.AddObject(node.Address, node.Bytes, IndexOf(node.TypeId), (int)node.References);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OnBulkEdge(GCBulkEdgeTraceData edges)
    {
        if (!IsWalking)
        {
            return;
        }

        _edgeSequence.Saw(edges.Index);
        if (Tally is not null)
        {
            return;
        }

        var entries = new ReadOnlySpan<EdgeEntry>((byte*)edges.DataStart + BulkHeaderBytes, edges.Count);
        foreach (ref readonly EdgeEntry edge in entries)
        {
            Graph.AddReference(edge.Target);
        }
    }

    private void OnRootEdges(GCBulkRootEdgeTraceData roots)
    {
        if (!IsWalking)
        {
            return;
        }

        _rootSequence.Saw(roots.Index);
        for (int index = 0; index < roots.Count; index++)
        {
            GCBulkRootEdgeValues root = roots.Values(index);
            if (root.RootedNodeAddress != 0 && !root.GCRootFlag.HasFlag(GCRootFlags.WeakRef))
            {
                (RootKind kind, string name) = RootNames.Of(root.GCRootKind, root.GCRootFlag);
                _roots.Add(new HeapRoot(kind, name, root.RootedNodeAddress));
            }
        }
    }

    private void OnStaticFields(GCBulkRootStaticVarTraceData fields)
    {
        if (!IsWalking)
        {
            return;
        }

        for (int index = 0; index < fields.Count; index++)
        {
            GCBulkRootStaticVarValues field = fields.Values(index);
            bool isThreadStatic = field.Flags.HasFlag(GCRootStaticVarFlags.ThreadLocal);
            _statics.Add(new StaticField(field.FieldName, field.TypeID, field.ObjectID, isThreadStatic));
        }
    }

    private void OnDependentHandles(GCBulkRootConditionalWeakTableElementEdgeTraceData handles)
    {
        if (!IsWalking || Tally is not null)
        {
            return;
        }

        for (int index = 0; index < handles.Count; index++)
        {
            GCBulkRootConditionalWeakTableElementEdgeValues handle = handles.Values(index);
            if (handle.GCKeyNodeID != 0 && handle.GCValueNodeID != 0)
            {
                Graph.AddDependent(handle.GCKeyNodeID, handle.GCValueNodeID);
            }
        }
    }

    private int IndexOf(ulong typeId)
    {
        if (_lastType.Id == typeId && typeId != 0)
        {
            return _lastType.Index;
        }

        if (!_typeIndex.TryGetValue(typeId, out int type))
        {
            _typeIndex[typeId] = type = _typeIds.Count;
            _typeIds.Add(typeId);
        }

        _lastType = (typeId, type);
        return type;
    }

    private readonly record struct RuntimeType(string Name, ulong Module);
}
