using System.Buffers.Binary;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>
/// A heap in bytes as the runtime lays it out: method tables with their reference maps before them, segments wherever a test wants them,
/// objects in the order in which they were added.
/// </summary>
internal sealed class FakeHeap : IHeapMemory
{
    /// <summary>Where objects lie unless a test says otherwise; a multiple of the 1 MB of a chunk.</summary>
    public const ulong Start = 0x7f00_0000_0000;
    public const ulong ChunkBytes = 1 << 20;
    public const ulong PageBytes = 4096;

    private const ulong TypesStart = 0x6000_0000_0000;
    private const int Word = FakeType.Word;

    private readonly FakeSegment _methodTables = new(TypesStart, 64 << 20);
    private readonly List<FakeSegment> _segments = [];
    private readonly Dictionary<ulong, FakeType> _types = [];
    private readonly Dictionary<ulong, FakeType> _typeOf = [];
    private readonly List<HeapRoot> _roots = [];
    private readonly List<(ulong Key, ulong Value)> _dependents = [];
    private readonly HashSet<ulong> _missingPages = [];
    private int _reads;

    public FakeHeap() => String = AddType("System.String", 22, 2, []);

    public FakeType String { get; }

    /// <summary>Takes everything for a method table in which <see cref="GCDesc"/> finds nothing wrong.</summary>
    public bool BelievesEveryMethodTable { get; set; }

    /// <summary>Sampled objects by address, with the method table that they had.</summary>
    public Dictionary<ulong, ulong> Sampled { get; } = [];

    public int Reads => _reads;

    public IEnumerable<HeapRange> Ranges => _segments.Select(segment => new HeapRange(segment.Start, segment.End));

    /// <summary>A class with some fields of 8 bytes, some of them references.</summary>
    public FakeType Class(string name, int fields, params int[] references) => AddType(name, (uint)(2 * Word + Math.Max(1, fields) * Word), 0, references);

    public FakeType ArrayOfReferences(string name) => AddType(name, 3 * Word, Word, [0]);

    public FakeType ArrayOfNumbers(string name, uint componentBytes) => AddType(name, 3 * Word, componentBytes, []);

    public FakeType ArrayOfStructs(string name, int words, params int[] references) => AddType(name, 3 * Word, (uint)(words * Word), references);

    /// <summary>What is added from now on lies there.</summary>
    public FakeHeap Segment(ulong start, ulong bytes)
    {
        _segments.Add(new FakeSegment(start, bytes));
        return this;
    }

    /// <summary>The next object lies there, in the same segment.</summary>
    public FakeHeap SkipTo(ulong address)
    {
        Current.SkipTo(address);
        return this;
    }

    /// <summary>Adds an object with its first references; an array gets as many elements as they need.</summary>
    public ulong New(FakeType type, params ulong[] targets)
    {
        ulong address = NewArray(type, type.ElementsFor(targets.Length));
        for (int at = 0; at < targets.Length; at++)
        {
            Link(address, at, targets[at]);
        }

        return address;
    }

    /// <summary>Adds an array or a string of some length.</summary>
    public ulong NewArray(FakeType type, uint elements)
    {
        ulong address = Current.Allocate(type.BytesOf(elements));
        Write(address, type.MethodTable);
        if (type.ComponentBytes != 0)
        {
            Write(address + Word, elements);
        }

        _typeOf[address] = type;
        return address;
    }

    /// <summary>Sets the reference with a number.</summary>
    public void Link(ulong from, int reference, ulong to) => Write(from + _typeOf[from].OffsetOf(reference), to);

    /// <summary>Overwrites any word, of an object or of a method table.</summary>
    public void Write(ulong address, ulong word)
    {
        Span<byte> bytes = stackalloc byte[Word];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
        Segments.Single(segment => segment.Holds(address)).Write(address, bytes);
    }

    /// <summary>Overwrites one byte of the method tables or of a segment.</summary>
    public void Scratch(Random random)
    {
        FakeSegment[] segments = [.. Segments];
        segments[random.Next(segments.Length)].Scratch(random);
    }

    public FakeHeap Static(string name, ulong target) => Root(RootKind.Static, "static " + name, target);

    public FakeHeap Root(RootKind kind, string name, ulong target)
    {
        _roots.Add(new HeapRoot(kind, name, target));
        return this;
    }

    public void Depend(ulong key, ulong value) => _dependents.Add((key, value));

    public void LosePage(ulong address) => _missingPages.Add(address / PageBytes);

    /// <summary>Marks it, from the segments or from a copy of all of them.</summary>
    public MarkResult Mark(int threads = 1, bool copied = false) => Mark(threads, copied, null, CancellationToken.None);

    public MarkResult Mark(int threads, bool copied, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var map = new HeapMap(Ranges);
        using HeapCopy? copy = copied ? new HeapCopy(map, this, threads, cancellationToken) : null;
        using var marker = new HeapMarker(new MarkedHeap(map, this, _dependents, Resolver(), Sampled), threads, progress, cancellationToken);
        MarkResult result = marker.Run(_roots);
        return result with { MissingBytes = result.MissingBytes + (copy?.MissingBytes ?? 0) };
    }

    public int Read(ulong address, Span<byte> into)
    {
        Interlocked.Increment(ref _reads);
        if (Segments.FirstOrDefault(segment => segment.Holds(address)) is not { } segment)
        {
            return 0;
        }

        int bytes = (int)Math.Min((ulong)into.Length, segment.End - address);
        for (ulong page = address / PageBytes; _missingPages.Count != 0 && page * PageBytes < address + (ulong)bytes; page++)
        {
            if (_missingPages.Contains(page))
            {
                bytes = (int)(Math.Max(address, page * PageBytes) - address);
            }
        }

        segment.Read(address, into[..bytes]);
        return bytes;
    }

    private FakeSegment Current
    {
        get
        {
            if (_segments.Count == 0)
            {
                Segment(Start, 64 * ChunkBytes);
            }

            return _segments[^1];
        }
    }

    private IEnumerable<FakeSegment> Segments => _segments.Prepend(_methodTables);

    /// <summary>Layouts remember their place in one tree, so that every run has its own.</summary>
    private Func<ulong, TypeLayout?> Resolver()
    {
        int count = 0;
        return methodTable =>
        {
            FakeType? type = _types.GetValueOrDefault(methodTable);
            return (type is not null || BelievesEveryMethodTable) && GCDesc.TryRead(this, methodTable) is { } desc
                ? new TypeLayout(Interlocked.Increment(ref count) - 1, StepOf(type?.Name ?? $"Shop.At{methodTable}"), desc, type?.ClassObject ?? 0)
                : null;
        };
    }

    private static PathStep StepOf(string name) => new(name, "Shop.dll", PathStepKind.Type);

    private FakeType AddType(string name, uint baseBytes, uint componentBytes, int[] references)
    {
        var type = new FakeType(name, FakeMethodTable.Write(_methodTables, baseBytes, componentBytes, references), baseBytes, componentBytes, references);
        _types[type.MethodTable] = type;
        return type;
    }
}
