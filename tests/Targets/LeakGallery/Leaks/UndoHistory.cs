using LeakGallery.Hosting;

namespace Documents.Editing;

internal sealed class Edit
{
    public int Position { get; init; }

    public char[] Removed { get; init; } = [];
}

internal static class UndoHistory
{
    private static readonly LinkedList<Edit> Edits = new();

    public static void Remember(int position, int length)
    {
        var edit = new Edit { Position = position, Removed = new char[length] }; // allocates
        Edits.AddLast(edit);
    }
}

internal sealed class Editor : IProgram
{
    public int RequestsPerSecond => 5000;

    public void Serve(int number) => UndoHistory.Remember(number, 300 + (number % 200)); // allocates
}
