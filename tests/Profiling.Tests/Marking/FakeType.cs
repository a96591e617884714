namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>A type of a <see cref="FakeHeap"/>, as its method table describes it.</summary>
/// <param name="Name">As written in C#.</param>
/// <param name="MethodTable">Its address.</param>
/// <param name="BaseBytes">Size of an object without elements.</param>
/// <param name="ComponentBytes">Size of one element; 0 for objects that are no arrays.</param>
/// <param name="References">Which words of the fields, or of one element, are references.</param>
internal sealed record FakeType(string Name, ulong MethodTable, uint BaseBytes, uint ComponentBytes, int[] References)
{
    public const int Word = 8;

    /// <summary>For collectible types the object that every instance keeps alive.</summary>
    public ulong ClassObject { get; set; }

    /// <summary>Fields lie behind the method table, elements behind the length as well.</summary>
    private int FirstWord => ComponentBytes == 0 ? Word : 2 * Word;

    /// <summary>Where the reference with a number lies, counted through all elements.</summary>
    public ulong OffsetOf(int reference) =>
        (ulong)(FirstWord + (reference / References.Length * (int)ComponentBytes) + (References[reference % References.Length] * Word));

    /// <summary>How many elements hold so many references.</summary>
    public uint ElementsFor(int references) => ComponentBytes == 0 || references == 0 ? 0 : (uint)((references + References.Length - 1) / References.Length);

    public ulong BytesOf(uint elements) => (BaseBytes + ((ulong)ComponentBytes * elements) + 7) & ~7UL;
}
