using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Allocations;

/// <summary>
/// Stacks as a tree: each entry is a frame and the entry of its caller, so that stacks share what they have in common. 16 bytes an entry and the
/// index. Not thread-safe.
/// </summary>
internal sealed class StackTable
{
    /// <summary>The entry of a stack without frames.</summary>
    public const int Empty = 0;

    private readonly Dictionary<(int Caller, ulong Address), int> _index = [];
    private List<(int Caller, ulong Address)> _entries = [(-1, 0)];

    public int Entries => _entries.Count;

    /// <summary>Each entry's caller; -1 for <see cref="Empty"/>.</summary>
    public IEnumerable<int> Callers => _entries.Select(entry => entry.Caller);

    /// <summary>Each entry's return address.</summary>
    public IEnumerable<ulong> Addresses => _entries.Select(entry => entry.Address);

    /// <summary>The number of a stack.</summary>
    /// <param name="leafFirst">Return addresses.</param>
    /// <param name="most">Frames from the leaf on that are kept.</param>
    public int Intern(ReadOnlySpan<ulong> leafFirst, int most)
    {
        int entry = Empty;
        for (int at = Math.Min(leafFirst.Length, most) - 1; at >= 0; at--)
        {
            ref int next = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, (entry, leafFirst[at]), out bool known);
            if (!known)
            {
                next = _entries.Count;
                _entries.Add((entry, leafFirst[at]));
            }

            entry = next;
        }

        return entry;
    }

    /// <summary>Return addresses, the leaf first.</summary>
    public IReadOnlyList<ulong> FramesOf(int stack)
    {
        List<ulong> frames = [];
        for (int entry = stack; entry != Empty; entry = _entries[entry].Caller)
        {
            frames.Add(_entries[entry].Address);
        }

        return frames;
    }

    /// <summary>Forgets all stacks but some.</summary>
    /// <returns>Their new numbers.</returns>
    public IReadOnlyDictionary<int, int> KeepOnly(IEnumerable<int> stacks)
    {
        List<(int Caller, ulong Address)> old = _entries;
        _entries = [old[Empty]];
        _index.Clear();
        var moved = new Dictionary<int, int> { [Empty] = Empty };
        foreach (int stack in stacks)
        {
            Move(stack, old, moved);
        }

        return moved;
    }

    private void Move(int stack, List<(int Caller, ulong Address)> old, Dictionary<int, int> moved)
    {
        var path = new Stack<int>();
        for (int entry = stack; !moved.ContainsKey(entry); entry = old[entry].Caller)
        {
            path.Push(entry);
        }

        while (path.TryPop(out int entry))
        {
            moved[entry] = _entries.Count;
            _index[(moved[old[entry].Caller], old[entry].Address)] = _entries.Count;
            _entries.Add((moved[old[entry].Caller], old[entry].Address));
        }
    }
}
