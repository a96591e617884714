using LeakGallery.Hosting;

namespace Calendar.Reminders;

internal sealed class ReminderService : IProgram
{
    private static readonly List<Action> AtShutdown = [];

    private static int _sent;

    public int RequestsPerSecond => 4000;

    public void Serve(int number) => Schedule(number); // allocates

    private static void Schedule(int number)
    {
        var invitation = new byte[1000 + (number % 100)]; // allocates
        AtShutdown.Add(() => _sent += invitation.Length); // allocates
    }
}
