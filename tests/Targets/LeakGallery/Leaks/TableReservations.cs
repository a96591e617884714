using LeakGallery.Hosting;

namespace Restaurant.Reservations;

internal static class DiningRoom
{
    private static readonly TaskCompletionSource Opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task OpenedAsync => Opened.Task;
}

internal sealed class Waiter : IProgram
{
    private int _seated;

    public int RequestsPerSecond => 3000;

    public void Serve(int number) => _ = SeatAsync(number); // allocates

    private async Task SeatAsync(int guests)
    {
        var menu = new char[600]; // allocates
        await DiningRoom.OpenedAsync; // allocates
        _seated += guests + menu.Length;
    }
}
